package caretaker.alerts.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.alerts.routing.MatcherSyntax;
import caretaker.chassis.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** One of the files in {@code cases.txt}. */
record ConfigCase(String verdict, String name, String yaml) {

    static List<ConfigCase> all() {
        List<ConfigCase> cases = new ArrayList<>();
        for (String part : text().split("(?m)^### ")) {
            int line = part.indexOf('\n');
            String[] head = part.substring(0, Math.max(line, 0)).split(" ", 2);
            if (!part.startsWith("#")) {
                cases.add(new ConfigCase(head[0], head[1], part.substring(line + 1)));
            }
        }
        return cases;
    }

    private static String text() {
        try (var in = Objects.requireNonNull(ConfigCase.class.getResourceAsStream("cases.txt"))) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static AlertmanagerConfig parse(String yaml) {
        return AlertmanagerConfig.parse(yaml, "am.yml", Path.of(""), MatcherSyntax.FALLBACK);
    }

    static List<String> problems(String yaml) {
        try {
            parse(yaml);
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }

    boolean isReadByUs() {
        return verdict.equals("good") || verdict.equals("newer");
    }

    boolean isReadBy025() {
        return verdict.equals("good") || verdict.equals("stricter");
    }

    @Override
    public String toString() {
        return verdict + ": " + name;
    }
}
