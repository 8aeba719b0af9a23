package caretaker.recovery.engine;

/** The engine does not answer. */
public final class Unavailable extends Exception {
    private static final long serialVersionUID = 1;

    private final String why;
    private final boolean sent;

    Unavailable(String message, boolean sent) {
        super(message);
        why = message;
        this.sent = sent;
    }

    String why() {
        return why;
    }

    /** Whether it may have got the request, and may do what it says. */
    boolean wasSent() {
        return sent;
    }
}
