package caretaker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A built-in alert that tells people to run a command names one that there is. */
class NamedCommandsTest {
    private static final Path BUILT_IN = Path.of("../alert-router/src/main/java/caretaker/alerts/builtin");
    private static final Pattern COMMAND = Pattern.compile("(?<![/\\w.])caretaker ([a-z][A-Za-z -]*)");

    @Test
    void theCommandsInActionsAreReadByTheCommandLine() throws IOException {
        try (Stream<Path> files = Files.list(BUILT_IN)) {
            List<String> commands = files.flatMap(NamedCommandsTest::commands).toList();
            assertThat(commands).hasSizeGreaterThanOrEqualTo(5);
            for (String command : commands) {
                assertThatCode(() ->
                                Main.commandLine().parseArgs(command.strip().split(" ")))
                        .as(command)
                        .doesNotThrowAnyException();
            }
        }
    }

    private static Stream<String> commands(Path source) {
        try {
            return Files.readAllLines(source).stream()
                    .filter(line -> line.contains("\""))
                    .flatMap(line -> COMMAND.matcher(line).results())
                    .map(found -> found.group(1));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
