package caretaker.cli;

/** Ends a command with a message of one line, a hint, and an exit code; never with a stack trace. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    /** {@code message} says what is wrong and, after a semicolon, what to do about it. */
    CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
