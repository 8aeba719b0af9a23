package caretaker.agent.sampling;

/** Is told about every call into the driver, on the poll thread; for the agent's own metrics. */
public interface DriverListener extends RejectedValues {
    /** A function has come back. */
    void called(String function, long nanos);

    /** A function gave no answer for a GPU of that index, for the reason that the driver's code says. */
    void failed(String function, int gpu, String code);
}
