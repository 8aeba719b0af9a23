package caretaker.alerts.api;

/** The board or the bus did not answer in time, or not at all; the cause says which. */
final class Busy extends Exception {
    private static final long serialVersionUID = 1;

    Busy(Throwable cause) {
        super(cause.toString(), cause, false, false);
    }
}
