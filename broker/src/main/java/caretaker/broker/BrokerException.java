package caretaker.broker;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The broker could not start. The message says what to do about it. */
public sealed class BrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Another process listens on the port. */
    public static final class PortInUse extends BrokerException {
        private static final long serialVersionUID = 1L;

        PortInUse(int port, Throwable cause) {
            super(
                    "cannot listen on 127.0.0.1:" + port + ": " + cause.getMessage()
                            + "; stop what listens there (`ss -ltnp 'sport = :" + port + "'`) or choose another port",
                    cause);
        }
    }

    /** The data directory cannot be created or written. */
    public static final class BadDirectory extends BrokerException {
        private static final long serialVersionUID = 1L;

        BadDirectory(Path dir, String problem, @Nullable Throwable cause) {
            super(
                    "cannot keep data in " + dir + ": " + problem
                            + "; choose a directory that this user may create and write",
                    cause);
        }
    }

    /** Another broker keeps its data in the same directory. */
    public static final class DirectoryInUse extends BrokerException {
        private static final long serialVersionUID = 1L;

        DirectoryInUse(Path dir, String holder) {
            super(
                    "another broker (pid " + holder + ") uses " + dir
                            + "; stop that process or choose another directory",
                    null);
        }
    }

    /** The directory holds something that this broker did not write, or cannot read. */
    public static final class IncompatibleLayout extends BrokerException {
        private static final long serialVersionUID = 1L;

        IncompatibleLayout(Path dir, String problem) {
            super(
                    dir + " was not written by this broker: " + problem
                            + "; move it away to start with an empty log, or choose another directory",
                    null);
        }
    }

    /** Kafka itself refused; the cause says why. */
    public static final class StartFailed extends BrokerException {
        private static final long serialVersionUID = 1L;

        StartFailed(Path dir, Throwable cause) {
            super(
                    "the broker with its data in " + dir + " did not start: " + cause
                            + "; the log above has the details",
                    cause);
        }
    }
}
