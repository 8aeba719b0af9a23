package caretaker.cli;

import java.io.Console;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The person in front of the command, if there is one. */
final class Terminal {
    private Terminal() {}

    @SuppressWarnings("SystemConsoleNull") // it is null where JDK 25 goes back to the console of earlier versions
    static Optional<Console> console() {
        @Nullable Console console = System.console();
        return console != null && console.isTerminal() ? Optional.of(console) : Optional.empty();
    }
}
