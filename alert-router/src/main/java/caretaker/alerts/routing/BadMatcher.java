package caretaker.alerts.routing;

/** A matcher that can't be read; the message says why. */
public final class BadMatcher extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public BadMatcher(String message) {
        super(message);
    }
}
