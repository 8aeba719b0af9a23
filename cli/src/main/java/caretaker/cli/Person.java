package caretaker.cli;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who gives a command, for the audit. Where a service asks for a login, its name counts instead. */
final class Person {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

    @Option(names = "--by", paramLabel = "NAME", description = "Who does it, for the audit (default: the OS user).")
    private @Nullable String by;

    String name() {
        String name = by == null ? System.getProperty("user.name", "") : by;
        if (!NAME.matcher(name).matches()) {
            throw new CommandFailure(
                    Exit.USAGE, "--by is a name of letters, digits, '.', '_', '@' and '-', at most 64");
        }
        return name;
    }
}
