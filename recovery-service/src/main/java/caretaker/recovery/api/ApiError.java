package caretaker.recovery.api;

/** A request that is not done. The message is for whoever asked. */
final class ApiError extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String reason;

    /** @param reason one word for programs: {@code not-managed} */
    ApiError(int status, String reason, String message) {
        super(message, null, false, false);
        this.status = status;
        this.reason = reason;
    }

    static ApiError bad(String message) {
        return new ApiError(400, "bad-request", message);
    }

    static ApiError absent(String message) {
        return new ApiError(404, "not-found", message);
    }

    int status() {
        return status;
    }

    String reason() {
        return reason;
    }
}
