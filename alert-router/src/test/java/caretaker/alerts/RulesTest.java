package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every rule of docs/alerting.md is named by a test, or the page says why none can be.
 *
 * <p>A test names a rule at the beginning of its method, {@code g3AnAlertThatJoins…}, or in a comment.
 */
class RulesTest {
    private static final Path PAGE = Path.of("../docs/alerting.md");
    private static final List<Path> SOURCES = List.of(Path.of("src/test/java"), Path.of("../e2e/src/test/java"));

    /** How many rules each letter has that Alertmanager's behaviour was written down in. */
    private static final Map<String, Integer> NUMBERED = Map.of("I", 11, "R", 11, "G", 10, "H", 7, "S", 7);

    private static final Pattern ROW = Pattern.compile("\\| ([A-Z]\\d{1,2}) \\| (.+?) \\|(.*)\\|");
    private static final Pattern METHOD = Pattern.compile("\\bvoid ([a-z]\\d{1,2})[A-Z]");
    private static final Pattern COMMENT = Pattern.compile("(?://|/\\*\\*|^\\s*\\*)(.*)");
    private static final Pattern NAME = Pattern.compile("\\b([A-Z])(\\d{1,2})(?: to \\1?(\\d{1,2}))?\\b");
    private static final String UNTESTED = "no test:";

    /** Each rule and what its last column says. */
    private static Map<String, String> page() throws IOException {
        Map<String, String> rules = new LinkedHashMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                assertThat(rules.put(row.group(1), row.group(3).strip()))
                        .as(row.group(1))
                        .isNull();
            }
        }
        return rules;
    }

    private static Set<String> named() throws IOException {
        Set<String> named = new TreeSet<>();
        for (Path root : SOURCES) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(one -> one.toString().endsWith(".java"))
                        .filter(one -> !one.endsWith("RulesTest.java"))
                        .toList()) {
                    for (String line : Files.readAllLines(file)) {
                        named.addAll(namedIn(line));
                    }
                }
            }
        }
        return named;
    }

    private static List<String> namedIn(String line) {
        List<String> named = new ArrayList<>();
        Matcher method = METHOD.matcher(line);
        if (method.find()) {
            named.add(method.group(1).toUpperCase(java.util.Locale.ROOT));
        }
        Matcher comment = COMMENT.matcher(line);
        if (comment.find()) {
            Matcher name = NAME.matcher(comment.group(1));
            while (name.find()) {
                int first = Integer.parseInt(name.group(2));
                int last = name.group(3) == null ? first : Integer.parseInt(name.group(3));
                IntStream.rangeClosed(first, last).forEach(number -> named.add(name.group(1) + number));
            }
        }
        return named;
    }

    @Test
    void everyRuleOfThePageIsNamedByATestOrExcused() throws IOException {
        Set<String> named = named();
        List<String> open = page().entrySet().stream()
                .filter(rule -> !named.contains(rule.getKey()))
                .filter(rule -> !rule.getValue().contains(UNTESTED))
                .map(Map.Entry::getKey)
                .toList();

        assertThat(open).as("rules without a test").isEmpty();
    }

    @Test
    void anExcuseIsGoneOnceThereIsATest() throws IOException {
        Set<String> named = named();

        assertThat(page().entrySet())
                .filteredOn(rule -> rule.getValue().contains(UNTESTED))
                .extracting(Map.Entry::getKey)
                .doesNotContainAnyElementsOf(named);
    }

    @Test
    void thePageHasEveryNumberedRule() throws IOException {
        List<String> all = new ArrayList<>();
        NUMBERED.forEach((letter, count) -> {
            for (int i = 1; i <= count; i++) {
                all.add(letter + i);
            }
        });

        assertThat(page().keySet()).containsAll(all);
    }
}
