package caretaker.collector.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a text exposition as strictly as its grammar is written, and fails on what is not of it. */
public final class ExpositionText {
    private static final Pattern SAMPLE = Pattern.compile(
            "([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? (-?[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\\+Inf)",
            Pattern.DOTALL); // a label may hold what some call the end of a line
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\\\\\"\\n]|\\\\[\\\\\"n])*)\"(,|$)");

    private final boolean openMetrics;
    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Set<String> closed = new HashSet<>();
    private String family = "";

    private ExpositionText(boolean openMetrics) {
        this.openMetrics = openMetrics;
    }

    public static ExpositionText parse(String text, boolean openMetrics) {
        var parsed = new ExpositionText(openMetrics);
        assertThat(text).endsWith("\n");
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        lines.removeLast();
        if (openMetrics) {
            assertThat(lines.removeLast()).isEqualTo("# EOF");
        }
        lines.forEach(parsed::line);
        return parsed;
    }

    /** Families in order, with their types. */
    public Map<String, String> types() {
        return types;
    }

    /** Values by {@code name{labels}} as written. */
    public Map<String, String> values() {
        return values;
    }

    private void line(String line) {
        if (line.startsWith("# ")) {
            String[] words = line.split(" ", 4);
            assertThat(words).as(line).hasSizeGreaterThanOrEqualTo(3);
            assertThat(words[1]).as(line).isIn("HELP", "TYPE", "UNIT");
            enter(words[2]);
            if (words[1].equals("TYPE")) {
                assertThat(types.put(words[2], words[3]))
                        .as("type said twice: " + line)
                        .isNull();
            }
            return;
        }
        Matcher sample = SAMPLE.matcher(line);
        hold(sample.matches(), "not a sample", line);
        String name = sample.group(1);
        hold(!family.isEmpty(), "outside a family", line);
        String suffix = name.startsWith(family) ? name.substring(family.length()) : "?";
        String type = types.getOrDefault(family, "?");
        List<String> suffixes = switch (type) {
            case "counter" -> openMetrics ? List.of("_total") : List.of("");
            case "info" -> List.of("_info");
            case "summary" -> List.of("", "_sum", "_count");
            case "histogram" -> List.of("_bucket", "_sum", "_count");
            default -> List.of("");
        };
        hold(suffixes.contains(suffix), "not of family " + family, line);
        labels(sample.group(2) == null ? "" : sample.group(2), line);
        String series = line.substring(0, line.length() - sample.group(3).length() - 1);
        hold(values.put(series, sample.group(3)) == null, "said twice", line);
    }

    private static void hold(boolean holds, String what, String line) {
        if (!holds) {
            throw new AssertionError(what + ": " + line);
        }
    }

    private void enter(String name) {
        if (!name.equals(family)) {
            assertThat(closed.add(name)).as("family not in one piece: " + name).isTrue();
            family = name;
        }
    }

    private static void labels(String labels, String line) {
        Matcher label = LABEL.matcher(labels);
        Set<String> names = new HashSet<>();
        int at = 0;
        while (at < labels.length()) {
            hold(label.find(at) && label.start() == at, "bad label", line);
            hold(names.add(label.group(1)), "label twice", line);
            hold((label.end() == labels.length()) == label.group(3).isEmpty(), "label without a comma", line);
            at = label.end();
        }
    }
}
