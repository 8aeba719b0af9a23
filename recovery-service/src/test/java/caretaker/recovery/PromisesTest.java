package caretaker.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every promise of docs/recovery.md is named by a test, by its own number and not as one of a range. */
class PromisesTest {
    /** First and last of each group. */
    private static final List<int[]> GROUPS = List.of(
            new int[] {1, 9},
            new int[] {10, 14},
            new int[] {20, 23},
            new int[] {30, 34},
            new int[] {40, 44},
            new int[] {50, 54},
            new int[] {60, 64},
            new int[] {70, 75},
            new int[] {80, 83});

    private static final Pattern RANGE = Pattern.compile("R-\\d\\d (?:to|–) R-\\d\\d");
    private static final Pattern NUMBER = Pattern.compile("R-(\\d\\d)");

    @Test
    void everyPromiseHasATestThatNamesIt() throws IOException {
        Set<Integer> named = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".java"))
                    .filter(each -> !each.endsWith("PromisesTest.java"))
                    .toList()) {
                Matcher number =
                        NUMBER.matcher(RANGE.matcher(Files.readString(file)).replaceAll(""));
                while (number.find()) {
                    named.add(Integer.parseInt(number.group(1)));
                }
            }
        }
        assertThat(named)
                .containsAll(GROUPS.stream()
                        .flatMap(group ->
                                IntStream.rangeClosed(group[0], group[1]).boxed())
                        .toList());
    }
}
