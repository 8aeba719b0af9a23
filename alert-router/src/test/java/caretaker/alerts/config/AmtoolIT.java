package caretaker.alerts.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.routing.LabelSet;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.alerts.routing.Route;
import caretaker.chassis.config.ConfigException;
import caretaker.testkit.Cases;
import caretaker.testkit.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alertmanager's own tool, from Debian (0.25), reads the same files and routes the same alerts. */
class AmtoolIT {
    private static final Pattern CHECKED = Pattern.compile("Checking '[^']*/(\\d+)\\.yml'  (SUCCESS|FAILED)");

    @TempDir
    private Path directory;

    private final String amtool = Programs.assume("amtool").toString();

    private String run(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(amtool));
        command.addAll(arguments);
        Path out = Files.createTempFile(directory, "amtool", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .directory(directory.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("amtool ends").isTrue();
        return Files.readString(out, UTF_8);
    }

    /** Whether each file is accepted, in one run. */
    private List<Boolean> check(List<String> files) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("check-config"));
        for (int i = 0; i < files.size(); i++) {
            arguments.add(Files.writeString(directory.resolve(i + ".yml"), files.get(i))
                    .toString());
        }
        Matcher checked = CHECKED.matcher(run(arguments));
        Map<Integer, Boolean> verdicts = new TreeMap<>();
        while (checked.find()) {
            verdicts.put(Integer.valueOf(checked.group(1)), checked.group(2).equals("SUCCESS"));
        }
        assertThat(verdicts).hasSameSizeAs(files);
        return List.copyOf(verdicts.values());
    }

    @Test
    void itAcceptsAndRefusesWhatTheCasesSay() throws IOException, InterruptedException {
        // C1, R2
        List<ConfigCase> cases = ConfigCase.all();
        List<Boolean> accepted = check(cases.stream().map(ConfigCase::yaml).toList());

        Map<String, Boolean> actual = new LinkedHashMap<>();
        Map<String, Boolean> expected = new LinkedHashMap<>();
        for (int i = 0; i < cases.size(); i++) {
            actual.put(cases.get(i).toString(), accepted.get(i));
            expected.put(cases.get(i).toString(), cases.get(i).isReadBy025());
        }
        assertThat(cases).hasSizeGreaterThan(100);
        assertThat(actual).containsExactlyEntriesOf(expected);
    }

    @Test
    void itAcceptsWhatOurStatusShows() throws IOException, InterruptedException {
        // A2
        List<String> shown = ConfigCase.all().stream()
                .filter(one -> one.verdict().equals("good"))
                .map(one -> ConfigCase.parse(one.yaml()).original())
                .toList();

        assertThat(check(shown)).doesNotContain(false);
    }

    @Test
    void itRoutesAsWeDo() throws IOException, InterruptedException {
        // R1, R6
        List<String> ours = new ArrayList<>();
        List<String> theirs = new ArrayList<>();
        for (long seed = 0; seed < 12; seed++) {
            RandomGenerator random = Cases.random(seed);
            String yaml = "route:\n" + route(random, "  ", 0)
                    + "receivers: [{name: r0}, {name: r1}, {name: r2}, {name: r3}]\n";
            Path file = Files.writeString(directory.resolve("routes" + seed + ".yml"), yaml);
            Route tree = ConfigCase.parse(yaml).route();
            for (int i = 0; i < 8; i++) {
                Map<String, String> labels = labels(random);
                List<String> command = new ArrayList<>(List.of("config", "routes", "test", "--config.file=" + file));
                labels.forEach((name, value) -> command.add(name + "=" + value));
                String at = "seed " + seed + " " + labels + ": ";
                ours.add(at
                        + String.join(
                                ",",
                                tree.match(LabelSet.of(labels)).stream()
                                        .map(Route::receiver)
                                        .toList()));
                theirs.add(at + run(command).strip().lines().toList().getLast()); // after a warning
            }
        }
        assertThat(ours).isEqualTo(theirs);
    }

    @Test
    void itReadsAndPrintsClassicMatchersAsWeDo() throws IOException, InterruptedException {
        // M1, M4
        List<String> texts = new ArrayList<>();
        Cases.forEach(
                random -> {
                    var text = new StringBuilder(random.nextInt(4) == 0 ? "{" : "").append("a");
                    text.append(List.of("=", "!=", "=~", "!~", " = ").get(random.nextInt(5)));
                    for (int i = random.nextInt(5); i > 0; i--) {
                        text.append(List.of("x", "\"", "\\", " ", ",", "n", "}", "b=c", "ü", "|")
                                .get(random.nextInt(10)));
                    }
                    return text.toString();
                },
                texts::add);
        List<String> files = texts.stream().map(AmtoolIT::withMatcher).toList();
        List<Boolean> theirs = check(files);
        List<String> ours = files.stream().map(AmtoolIT::classic).toList();

        for (int i = 0; i < texts.size(); i++) {
            assertThat(!ours.get(i).isEmpty()).as(texts.get(i)).isEqualTo(theirs.get(i));
        }
        for (int i = 0; i < 40; i++) {
            if (theirs.get(i)) {
                String shown =
                        run(List.of("config", "routes", "show", "--config.file=" + directory.resolve(i + ".yml")));
                assertThat(shown).as(texts.get(i)).contains(ours.get(i));
            }
        }
    }

    private static String withMatcher(String text) {
        return "route: {receiver: x, routes: [{matchers: ['" + text + "']}]}\nreceivers: [{name: x}]\n";
    }

    /** The matchers as we print them; empty if we refuse them. */
    private static String classic(String yaml) {
        try {
            return AlertmanagerConfig.parse(yaml, "am.yml", Path.of(""), MatcherSyntax.CLASSIC)
                    .route()
                    .routes()
                    .getFirst()
                    .matchers()
                    .toString();
        } catch (ConfigException e) {
            return "";
        }
    }

    private static Map<String, String> labels(RandomGenerator random) {
        Map<String, String> labels = new TreeMap<>();
        for (String name : List.of("a", "b", "c")) {
            if (random.nextInt(4) > 0) {
                labels.put(name, "v" + random.nextInt(3));
            }
        }
        labels.putIfAbsent("a", "v1");
        return labels;
    }

    /** A random tree in block style, at most three levels deep. */
    private static String route(RandomGenerator random, String indent, int depth) {
        var out = new StringBuilder();
        if (depth == 0 || random.nextInt(4) > 0) {
            out.append(indent).append("receiver: r").append(random.nextInt(4)).append('\n');
        }
        if (depth > 0) {
            out.append(indent).append("continue: ").append(random.nextBoolean()).append('\n');
            String value = "v" + random.nextInt(3);
            String name = List.of("a", "b", "c").get(random.nextInt(3));
            out.append(indent)
                    .append(
                            switch (random.nextInt(5)) {
                                case 0 -> "match: {" + name + ": " + value + "}";
                                case 1 -> "match_re: {" + name + ": 'v[0" + random.nextInt(3) + "]|'}";
                                case 2 -> "matchers: ['" + name + "!=" + value + "']";
                                case 3 -> "matchers: ['" + name + "=~\"" + value + "|x\"', 'b!~\"v1.*\"']";
                                default -> "matchers: ['{" + name + "=\"" + value + "\",c!=\"\"}']";
                            })
                    .append('\n');
        }
        int children = depth < 3 ? random.nextInt(4) : 0;
        if (children > 0) {
            out.append(indent).append("routes:\n");
        }
        for (int i = 0; i < children; i++) {
            String child = route(random, indent + "  ", depth + 1);
            out.append(indent).append("- ").append(child.substring(indent.length() + 2));
        }
        return out.toString();
    }
}
