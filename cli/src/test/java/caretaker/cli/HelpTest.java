package caretaker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every command says how it is used, wherever it is asked. */
class HelpTest {
    static Stream<List<String>> commands() {
        List<List<String>> all = new ArrayList<>();
        collect(Main.commandLine(), List.of(), all);
        return all.stream();
    }

    private static void collect(CommandLine of, List<String> words, List<List<String>> all) {
        all.add(words);
        of.getSubcommands().forEach((name, command) -> {
            List<String> longer = new ArrayList<>(words);
            longer.add(name);
            collect(command, longer, all);
        });
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpIsAnAnswerAndNoMistake(List<String> words) {
        List<String> asked = new ArrayList<>(words);
        asked.add("--help");
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(asked.toArray(String[]::new));
        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString()).contains(String.join(" ", words)).contains("Usage: caretaker");
    }
}
