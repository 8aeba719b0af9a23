package caretaker.recovery.engine;

/** The engine does not answer. */
public final class Unavailable extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean sent;

    Unavailable(String message, boolean sent) {
        super(message);
        this.sent = sent;
    }

    /** Whether it may have got the request, and may do what it says. */
    boolean wasSent() {
        return sent;
    }
}
