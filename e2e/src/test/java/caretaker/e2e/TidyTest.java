package caretaker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the formatter and the compiler leave open of the house style. */
class TidyTest {
    private static final int MAX_LINE = 120;
    private static final int MAX_FILE = 450;
    private static final Pattern LEFTOVER = Pattern.compile("\\b(TODO|FIXME|XXX|HACK)\\b");
    private static final Pattern VAGUE =
            Pattern.compile("(Util|Utils|Helper|Helpers|Manager|Impl)\\.java$|/(Abstract|Base)[A-Z]\\w*\\.java$");

    @Test
    void sourcesAreTidy() throws IOException {
        List<String> problems = new ArrayList<>();
        for (Path file : sources()) {
            List<String> lines = Files.readAllLines(file);
            if (VAGUE.matcher(file.toString()).find()) {
                problems.add(file + ": a name that says nothing");
            }
            if (lines.size() > MAX_FILE) {
                problems.add(file + ": " + lines.size() + " lines; is it one thing?");
            }
            check(file, lines, problems);
        }
        assertThat(problems).isEmpty();
    }

    private static void check(Path file, List<String> lines, List<String> problems) {
        boolean table = false;
        boolean text = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            table = line.contains("spotless:off") || (table && !line.contains("spotless:on"));
            text ^= line.contains("\"\"\"");
            String at = file + ":" + (i + 1) + ": ";
            if (line.length() > MAX_LINE && !table && !text && !line.contains("\"")) {
                problems.add(at + line.length() + " characters");
            }
            if (LEFTOVER.matcher(line).find() && !file.endsWith("TidyTest.java")) {
                problems.add(at + "something left to do");
            }
        }
    }

    private static List<Path> sources() throws IOException {
        Path root = Path.of("..").toRealPath();
        List<Path> found = new ArrayList<>();
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.filter(Files::isDirectory).toList()) {
                Path sources = module.resolve("src");
                if (Files.isDirectory(sources)) {
                    try (Stream<Path> files = Files.walk(sources)) {
                        files.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
                    }
                }
            }
        }
        assertThat(found).hasSizeGreaterThan(20);
        return found;
    }
}
