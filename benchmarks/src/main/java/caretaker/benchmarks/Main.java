package caretaker.benchmarks;

import caretaker.chassis.LogSettings;
import caretaker.chassis.Logs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code ./bench [NAME…] [--record]}: runs the measurements one after another and prints what came out. */
public final class Main {
    private static final List<Benchmark> ALL = List.of(
            new IngestBenchmark(),
            new ExpositionBenchmark(),
            new PollBenchmark(),
            new LoadBenchmark(),
            new EventsBenchmark(),
            new AgentBenchmark(),
            new HungBenchmark(),
            new DemoBenchmark(),
            new RecoveryBenchmark(),
            new RecoveryLoadBenchmark(),
            new AlertsBenchmark(),
            new AlertsMemoryBenchmark(),
            new AlertsCrashBenchmark(),
            new AlertsHaBenchmark());

    private Main() {}

    public static void main(String[] args) throws Exception {
        Logs.configure(new LogSettings(LogSettings.Level.ERROR, LogSettings.Format.LOGFMT));
        List<String> words = new ArrayList<>(Arrays.asList(args));
        boolean record = words.remove("--record");
        Path root = Path.of(option(words, "--root", "."));
        Set<String> known = ALL.stream().map(Benchmark::name).collect(Collectors.toSet());
        if (!known.containsAll(words)) {
            System.err.println("bench: unknown name in " + words + "; there are "
                    + ALL.stream().map(Benchmark::name).collect(Collectors.joining(", ")));
            System.exit(2);
        }
        Map<Benchmark, List<Figure>> results = new LinkedHashMap<>();
        for (Benchmark benchmark : ALL) {
            if (words.isEmpty() || words.contains(benchmark.name())) {
                System.out.println("# " + benchmark.name() + ": " + benchmark.method());
                List<Figure> figures = benchmark.run(root);
                figures.forEach(figure -> System.out.println(figure.line()));
                results.put(benchmark, figures);
            }
        }
        if (record) {
            append(root.resolve("docs/benchmarks.md"), results);
        }
        System.exit(0); // an embedded broker's threads would keep the process
    }

    private static String option(List<String> words, String name, String fallback) {
        int at = words.indexOf(name);
        if (at < 0 || at + 1 == words.size()) {
            return fallback;
        }
        String value = words.remove(at + 1);
        words.remove(at);
        return value;
    }

    private static void append(Path file, Map<Benchmark, List<Figure>> results) throws IOException {
        var rows = new StringBuilder();
        String date = LocalDate.ofInstant(Clock.systemUTC().instant(), java.time.ZoneOffset.UTC)
                .toString();
        results.forEach((benchmark, figures) -> figures.forEach(figure -> rows.append("| ")
                .append(String.join(
                        " | ",
                        date,
                        benchmark.name(),
                        figure.what(),
                        Figure.number(figure.value()),
                        (figure.atLeast() ? "≥ " : "≤ ") + Figure.number(figure.target()),
                        figure.met() ? "yes" : "**no**",
                        figure.note()))
                .append(" |\n")));
        Files.writeString(file, rows, StandardOpenOption.APPEND);
    }
}
