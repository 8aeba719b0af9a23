package caretaker.cli;

import caretaker.broker.BrokerException;

/** What a failed command says and exits with. */
final class Failures {
    private Failures() {}

    static int exitCode(Throwable failure) {
        return switch (failure) {
            case CommandFailure known -> known.exitCode();
            case BrokerException.DirectoryInUse _ -> Exit.LOCKED;
            case BrokerException.PortInUse _ -> Exit.UNREACHABLE;
            case BrokerException.BadDirectory _ -> Exit.USAGE;
            default -> Exit.FAILURE;
        };
    }

    /** One line for people; a bug's stack trace only where the failure says nothing. */
    static String message(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.toString() : message;
    }
}
