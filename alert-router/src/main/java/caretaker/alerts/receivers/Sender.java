package caretaker.alerts.receivers;

/** One way to tell people, ready to use. Any thread; a call blocks, so make it from a virtual one. */
public interface Sender extends AutoCloseable {

    /**
     * Makes one attempt.
     *
     * @throws InterruptedException if the thread was interrupted; the attempt may have arrived
     */
    Outcome send(Notification notification) throws InterruptedException;

    /** Ends connections. */
    @Override
    default void close() {}
}
