package caretaker.benchmarks;

import caretaker.broker.EmbeddedBroker;
import caretaker.testkit.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** What several instances tell together: two of ours on one bus, beside three gossiping Alertmanagers. */
final class AlertsHaBenchmark implements Benchmark {
    private static final int CALM = 100;
    private static final int GROUP_WAIT_SECONDS = 5;
    private static final double TARGET_TAKE_OVER = 10;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration COPIES = Duration.ofSeconds(30);
    private static final Duration DOWN = Duration.ofSeconds(45);
    private static final String CONFIG = """
            route: {receiver: hook, group_by: ['...'], group_wait: %ds, group_interval: 1m}
            receivers: [{name: hook, webhook_configs: [{url: '%s'}]}]
            """;

    @Override
    public String name() {
        return "alerts-ha";
    }

    @Override
    public String method() {
        return "two of our routers on one broker, and at the same time three Alertmanagers, each posted to at all"
                + " instances: " + CALM + " alerts in calm; the instance that sends killed 2 s into a group_wait of "
                + GROUP_WAIT_SECONDS + " s; a receiver that answers 500 for " + DOWN.toSeconds() + " s";
    }

    /**
     * What came of it.
     *
     * @param takeOver seconds from the kill to the message, less what was left of the group_wait
     */
    private record Result(int lost, int copies, double takeOver, int copiesAfterFailure, String note) {}

    @Override
    public List<Figure> run(Path root) throws Exception {
        Path dir = Files.createTempDirectory("caretaker-bench");
        try (var threads = Executors.newFixedThreadPool(2)) {
            List<Callable<Result>> plays = List.of(() -> theirs(root, dir), () -> ours(dir));
            List<Future<Result>> results = threads.invokeAll(plays);
            Result theirs = results.getFirst().get();
            Result ours = results.getLast().get();
            String both = ours.note + "; Alertmanager: " + theirs.note;
            return List.of(
                    Figure.atMost("lost of " + CALM + " alerts in calm", ours.lost, 0, theirs.lost + " of theirs"),
                    Figure.atMost("copies too many in calm", ours.copies, 0, theirs.copies + " of theirs"),
                    Figure.atMost(
                            "s from SIGKILL of the one that sends until the other does",
                            ours.takeOver,
                            TARGET_TAKE_OVER,
                            both),
                    Figure.atMost(
                            "messages after 500 for " + DOWN.toSeconds() + " s",
                            ours.copiesAfterFailure,
                            1,
                            theirs.copiesAfterFailure + " of theirs"));
        }
    }

    private static Result theirs(Path root, Path dir) throws Exception {
        try (var sink = new WebhookSink();
                var servers = new Instances()) {
            int first = FreePort.find();
            for (int i = 0; i < 3; i++) {
                List<String> options = new ArrayList<>();
                options.add("--cluster.listen-address=127.0.0.1:" + (i == 0 ? first : FreePort.find()));
                if (i > 0) {
                    options.add("--cluster.peer=127.0.0.1:" + first);
                }
                servers.all.add(AlertServer.start(
                        AlertServer.Maker.ALERTMANAGER,
                        root,
                        dir.resolve("peer" + i),
                        CONFIG.formatted(GROUP_WAIT_SECONDS, sink.url()),
                        options.toArray(new String[0])));
            }
            servers.all.getFirst().awaitSettled();
            return play(servers, sink);
        }
    }

    private static Result ours(Path dir) throws Exception {
        try (var broker = EmbeddedBroker.start(dir.resolve("broker"), 0);
                var sink = new WebhookSink();
                var servers = new Instances()) {
            Path file = Files.writeString(
                    dir.resolve("alertmanager.yml"), CONFIG.formatted(GROUP_WAIT_SECONDS, sink.url()));
            for (int i = 0; i < 2; i++) {
                int port = FreePort.find();
                Path config = Files.writeString(
                        dir.resolve("router" + i + ".yml"), """
                        kafka: {bootstrap-servers: ["%s"]}
                        http: {port: %d}
                        alerting: {config-file: "%s"}
                        """.formatted(broker.bootstrapServers(), port, file));
                servers.all.add(AlertServer.started(
                        AlertServer.Maker.CARETAKER,
                        port,
                        Processes.java(
                                List.of("--enable-native-access=ALL-UNNAMED", "-Xmx256m", "-XX:+UseSerialGC"),
                                "caretaker.alerts.AlertRouterMain",
                                "--config",
                                config.toString())));
            }
            return play(servers, sink);
        }
    }

    /** Instances of one service. */
    private static final class Instances implements AutoCloseable {
        private final List<AlertServer> all = new ArrayList<>();

        /** As Prometheus does: to every instance. */
        void post(Alerts alerts) throws IOException, InterruptedException {
            boolean accepted = false;
            for (AlertServer each : all) {
                accepted |= each.accepts(alerts);
            }
            if (!accepted) {
                throw new IOException("no instance takes alerts");
            }
        }

        /** The instance that has sent most. */
        AlertServer sender() throws IOException, InterruptedException {
            AlertServer busiest = all.getFirst();
            for (AlertServer each : all) {
                busiest = each.sent() > busiest.sent() ? each : busiest;
            }
            return busiest;
        }

        @Override
        public void close() {
            all.forEach(AlertServer::close);
        }
    }

    private static Result play(Instances servers, WebhookSink sink) throws Exception {
        servers.post(Alerts.firing(IntStream.range(0, CALM).boxed().toList(), 1));
        boolean _ = sink.await(CALM, LIMIT);
        rest(Duration.ofSeconds(10)); // copies that are late
        List<Integer> told = sink.told("firing");
        int distinct = (int) told.stream().distinct().count();

        AlertServer sender = servers.sender();
        int before = sink.count();
        servers.post(Alerts.firing(CALM));
        long posted = System.nanoTime();
        rest(Duration.ofSeconds(2));
        sender.kill();
        long killed = System.nanoTime();
        boolean taken = sink.await(before + 1, LIMIT);
        double afterPost = (sink.newest() - posted) / 1e9;
        double afterKill = (sink.newest() - killed) / 1e9;
        double back = sender.restart();
        rest(Duration.ofSeconds(2));
        int afterTakeOver = sink.count() - before;

        before = sink.count();
        sink.answer(500);
        servers.post(Alerts.firing(CALM + 1));
        long failing = System.nanoTime();
        rest(DOWN);
        sink.answer(200);
        boolean _ = sink.await(before + 1, LIMIT);
        double delivered = (sink.newest() - failing) / 1e9;
        rest(COPIES);
        int failed = CALM + 1;
        int copies = (int)
                sink.told("firing").stream().filter(number -> number == failed).count();
        return new Result(
                CALM - distinct,
                told.size() - distinct,
                taken ? afterKill : Double.POSITIVE_INFINITY,
                copies,
                "message " + Figure.number(afterPost) + " s after the post, " + afterTakeOver + " in all; restarted in "
                        + Figure.number(back) + " s; first message after 500 at " + Figure.number(delivered) + " s");
    }

    private static void rest(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
    }
}
