package caretaker.agent.sampling;

/**
 * Is told what GPUs report by themselves, the moment they do. {@link #event} and {@link #lost} are called on the event
 * thread, the other two on the poll thread. A call should not wait: the driver drops events that nobody fetches.
 */
public interface DriverEventListener {
    /** For those who do not care. */
    DriverEventListener NONE = new DriverEventListener() {
        @Override
        public void event(String uuid, int gpuIndex, long eventType, long data) {}

        @Override
        public void unavailable(String reason) {}
    };

    /**
     * A GPU has reported something.
     *
     * @param uuid of the GPU; empty where the driver named none that is known
     * @param gpuIndex the driver's index of it, or -1
     * @param eventType one of the types of {@link caretaker.agent.nvml.EventSet}
     * @param data the XID for {@link caretaker.agent.nvml.EventSet#XID}, else what the type makes of it
     */
    void event(String uuid, int gpuIndex, long eventType, long data);

    /** The driver says that a GPU is gone; the next poll will find the same. */
    default void lost(String uuid, int gpuIndex) {}

    /** No events come from now on: the driver has none, or it refuses. Said once each time that it begins. */
    void unavailable(String reason);

    /** Events come, for the first time or again. Said once each time that it begins. */
    default void available() {}
}
