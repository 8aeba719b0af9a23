package caretaker.alerts.template;

import java.io.Serial;

/** What a function or the formatter answers instead of a value. Its caller adds where in the template it was. */
final class GoError extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final boolean limit;

    GoError(String message) {
        this(message, false);
    }

    private GoError(String message, boolean limit) {
        super(message, null, false, false);
        this.limit = limit;
    }

    /** A bound was hit: said as it is, without the function that happened to hit it. */
    static GoError limit(String message) {
        return new GoError(message, true);
    }

    boolean isLimit() {
        return limit;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
