package caretaker.benchmarks;

import caretaker.benchmarks.Contenders.Contender;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What many alerts and many groups cost in memory and in connections, beside Debian's Alertmanager. */
final class AlertsMemoryBenchmark implements Benchmark {
    private static final int NAMES = 100;
    private static final int BATCH = 64;
    private static final int GROUPS = 10_000;
    private static final double TARGET_CONNECTIONS = 16;
    private static final Duration SETTLE = Duration.ofSeconds(3);
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @Override
    public String name() {
        return "alerts-memory";
    }

    @Override
    public String method() {
        return "resident memory of the process (ours: drop-in, embedded bus included) when empty, with 10,000 and with"
                + " 50,000 alerts in " + NAMES + " groups, after GET alerts and groups, after the first flush; then "
                + GROUPS + " groups due within the second or two that posting them takes, connections counted at a"
                + " receiver that answers at once";
    }

    @Override
    public List<Figure> run(Path root) throws Exception {
        List<Figure> figures = new ArrayList<>();
        for (int alerts : List.of(10_000, 50_000)) {
            figures.add(memory(root, alerts));
        }
        figures.addAll(storm(root));
        return figures;
    }

    private static Figure memory(Path root, int alerts) throws Exception {
        try (var contenders = Contenders.start(root, """
                route: {receiver: hook, group_by: [alertname], group_wait: 25s, group_interval: 1h}
                receivers: [{name: hook, webhook_configs: [{url: '%s'}]}]
                """)) {
            LockSupport.parkNanos(SETTLE.toNanos());
            List<List<Double>> steps = new ArrayList<>();
            List<String> reads = new ArrayList<>();
            for (Contender each : contenders.all()) {
                var server = each.server();
                List<Double> mebibytes = new ArrayList<>(List.of(server.residentMebibytes()));
                fill(each, alerts);
                mebibytes.add(server.residentMebibytes());
                double list = server.getMillis("/api/v2/alerts");
                double groups = server.getMillis("/api/v2/alerts/groups");
                reads.add(Math.round(list) + " and " + Math.round(groups) + " ms");
                mebibytes.add(server.residentMebibytes());
                steps.add(mebibytes);
            }
            for (int i = 0; i < steps.size(); i++) {
                Contender each = contenders.all().get(i);
                if (!each.sink().await(NAMES, LIMIT)) {
                    throw new IOException(each.word() + " sent " + each.sink().count() + " of " + NAMES + " groups");
                }
                LockSupport.parkNanos(SETTLE.toNanos());
                steps.get(i).add(each.server().residentMebibytes());
            }
            return Figure.atMost(
                    "MiB resident with " + alerts + " alerts, to Alertmanager's",
                    steps.getLast().getLast() / steps.getFirst().getLast(),
                    Double.POSITIVE_INFINITY,
                    row(steps.getLast()) + " to " + row(steps.getFirst()) + "; GET alerts and groups " + reads.getLast()
                            + " to " + reads.getFirst());
        }
    }

    private static String row(List<Double> mebibytes) {
        return String.join(
                ", ", mebibytes.stream().map(each -> "" + Math.round(each)).toList());
    }

    /** Seconds that it took. */
    private static double fill(Contender contender, int alerts) throws IOException {
        long begin = System.nanoTime();
        try (var line = new HttpLine(contender.server().port())) {
            for (byte[] request : Alerts.requests(alerts, BATCH, NAMES)) {
                if (line.send(request) != 200) {
                    throw new IOException(contender.word() + " refuses alerts");
                }
            }
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private static List<Figure> storm(Path root) throws Exception {
        try (var contenders = Contenders.start(root, """
                route: {receiver: hook, group_by: ['...'], group_wait: 8s, group_interval: 1h}
                receivers: [{name: hook, webhook_configs: [{url: '%s'}]}]
                """)) {
            Storm theirs = storm(contenders.theirs());
            Storm ours = storm(contenders.ours());
            return List.of(
                    Figure.atMost(
                            "connections at once to one receiver, " + GROUPS + " groups due",
                            ours.connections,
                            TARGET_CONNECTIONS,
                            theirs.connections + " of Alertmanager's"),
                    Figure.atLeast(
                            "share of " + GROUPS + " groups told of",
                            ours.told / (double) GROUPS,
                            1,
                            ours + " to " + theirs));
        }
    }

    private record Storm(double filled, int told, double seconds, int connections, double before, double most) {
        @Override
        public String toString() {
            return told + " in " + Figure.number(seconds) + " s, " + Math.round(before) + " to " + Math.round(most)
                    + " MiB (posted in " + Figure.number(filled) + " s)";
        }
    }

    private static Storm storm(Contender contender) throws Exception {
        double filled = fill(contender, GROUPS);
        double before = contender.server().residentMebibytes();
        var sink = contender.sink();
        if (!sink.await(1, LIMIT)) {
            throw new IOException(contender.word() + " tells nobody");
        }
        long first = sink.newest();
        boolean _ = sink.await(GROUPS, LIMIT);
        return new Storm(
                filled,
                sink.count(),
                (sink.newest() - first) / 1e9,
                sink.mostOpen(),
                before,
                Processes.residentMebibytes(contender.server().pid(), true));
    }
}
