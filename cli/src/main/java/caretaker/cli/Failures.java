package caretaker.cli;

import caretaker.agent.NoDriverException;
import caretaker.broker.BrokerException;
import caretaker.chassis.DataDirectory;
import caretaker.chassis.config.ConfigException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** What a failed command says and exits with. */
final class Failures {
    private Failures() {}

    static int exitCode(Throwable failure) {
        return switch (failure) {
            case CommandFailure known -> known.exitCode();
            case ConfigException _ -> Exit.USAGE;
            case DataDirectory.Unusable unusable -> unusable.isTaken() ? Exit.LOCKED : Exit.USAGE;
            case NoDriverException _ -> Exit.UNREACHABLE;
            case BrokerException.DirectoryInUse _ -> Exit.LOCKED;
            case BrokerException.BadDirectory _ -> Exit.USAGE;
            case BrokerException _ -> Exit.UNREACHABLE;
            default -> hasCause(failure, java.net.BindException.class) ? Exit.UNREACHABLE : Exit.FAILURE;
        };
    }

    /** A line for a failure that is understood; for a bug, the stack trace as well. */
    static void print(Throwable failure, PrintWriter err) {
        err.println("caretaker: " + message(failure));
        if (isBug(failure)) {
            failure.printStackTrace(err);
        }
        err.flush();
    }

    static String message(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.toString() : message;
    }

    static boolean isBug(Throwable failure) {
        return exitCode(failure) == Exit.FAILURE && !(failure instanceof CommandFailure);
    }

    private static boolean hasCause(@Nullable Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
