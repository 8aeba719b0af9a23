package caretaker.benchmarks;

import caretaker.benchmarks.Contenders.Contender;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** How fast alerts are taken and told of, beside Debian's Alertmanager. */
final class AlertsBenchmark implements Benchmark {
    private static final int WARM_UP = 1_000;
    private static final int SAMPLES = 500;
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final double TARGET_LATENCY = 3;
    private static final double TARGET_RATE = 0.5;
    private static final double TARGET_ANSWER_MILLIS = 50;

    private static final int DISTINCT = 10_000;
    private static final int NAMES = 100;
    private static final Duration TURN = Duration.ofSeconds(4);
    private static final int TURNS = 3;
    private static final List<Shape> SHAPES = List.of(new Shape(64, 4), new Shape(1, 4), new Shape(500, 2));

    /** How alerts are posted: so many in one request, over so many connections. */
    private record Shape(int batch, int connections) {
        @Override
        public String toString() {
            return batch + " x " + connections;
        }
    }

    @Override
    public String name() {
        return "alerts";
    }

    @Override
    public String method() {
        return "client and webhook receiver in this process, our drop-in with its embedded bus and Alertmanager taking"
                + " turns: " + SAMPLES + " posts of a new group each with group_wait 0s, after " + WARM_UP
                + " that do not count; then " + DISTINCT + " distinct alerts over and over, " + TURNS + " turns of "
                + TURN.toSeconds() + " s each, after one that does not count";
    }

    @Override
    public List<Figure> run(Path root) throws Exception {
        List<Figure> figures = new ArrayList<>(latency(root));
        figures.addAll(rates(root));
        return figures;
    }

    /** Milliseconds from a post until the receiver has the message, and until the answer is here. */
    private record Delays(List<Double> webhooks, List<Double> answers) {
        Delays() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    private static List<Figure> latency(Path root) throws Exception {
        try (var contenders = Contenders.start(root, """
                        route: {receiver: hook, group_by: ['...'], group_wait: 0s, group_interval: 1h}
                        receivers: [{name: hook, webhook_configs: [{url: '%s'}]}]
                        """);
                var theirLine = new HttpLine(contenders.theirs().server().port());
                var ourLine = new HttpLine(contenders.ours().server().port())) {
            var theirs = new Delays();
            var ours = new Delays();
            for (int i = -WARM_UP; i < SAMPLES; i++) {
                once(contenders.theirs(), theirLine, WARM_UP + i, i < 0 ? new Delays() : theirs);
                once(contenders.ours(), ourLine, WARM_UP + i, i < 0 ? new Delays() : ours);
            }
            return List.of(
                    Figure.atMost(
                            "POST to webhook, p99 to Alertmanager's",
                            Percentile.of(ours.webhooks, 0.99) / Percentile.of(theirs.webhooks, 0.99),
                            TARGET_LATENCY,
                            quantiles(ours.webhooks) + " to " + quantiles(theirs.webhooks)),
                    Figure.atMost(
                            "POST to its answer, p99 in ms",
                            Percentile.of(ours.answers, 0.99),
                            TARGET_ANSWER_MILLIS,
                            quantiles(ours.answers) + " to " + quantiles(theirs.answers)));
        }
    }

    private static void once(Contender contender, HttpLine line, int number, Delays delays) throws IOException {
        byte[] request = Alerts.firing(number).request();
        int before = contender.sink().count();
        long begin = System.nanoTime();
        int status = line.send(request);
        long answered = System.nanoTime();
        if (status != 200 || !contender.sink().await(before + 1, LIMIT)) {
            throw new IOException(contender.word() + " answered " + status + " and told nobody");
        }
        delays.answers.add((answered - begin) / 1e6);
        delays.webhooks.add((contender.sink().newest() - begin) / 1e6);
        LockSupport.parkNanos(PAUSE.toNanos());
    }

    private static String quantiles(List<Double> millis) {
        return Figure.number(Percentile.of(millis, 0.5)) + "/" + Figure.number(Percentile.of(millis, 0.99)) + "/"
                + Figure.number(Percentile.of(millis, 1)) + " ms";
    }

    private static List<Figure> rates(Path root) throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (var contenders = Contenders.start(root, """
                route: {receiver: hook, group_by: [alertname], group_wait: 1h, group_interval: 1h}
                receivers: [{name: hook, webhook_configs: [{url: '%s'}]}]
                """)) {
            for (Shape shape : SHAPES) {
                List<byte[]> requests = Alerts.requests(DISTINCT, shape.batch, NAMES);
                var theirs = new PostingRate();
                var ours = new PostingRate();
                for (int turn = -1; turn < TURNS; turn++) {
                    post(contenders.theirs(), requests, shape, turn < 0 ? new PostingRate() : theirs);
                    post(contenders.ours(), requests, shape, turn < 0 ? new PostingRate() : ours);
                }
                figures.addAll(figures(shape, theirs, ours));
            }
        }
        return figures;
    }

    private static void post(Contender contender, List<byte[]> requests, Shape shape, PostingRate rate)
            throws Exception {
        rate.measure(contender.server(), requests, shape.connections, TURN.toNanos());
    }

    private static List<Figure> figures(Shape shape, PostingRate theirs, PostingRate ours) {
        return List.of(
                Figure.atLeast(
                        "alerts/s to Alertmanager's, " + shape,
                        ours.perSecond() / theirs.perSecond(),
                        TARGET_RATE,
                        Math.round(ours.perSecond() * shape.batch) + "/s to "
                                + Math.round(theirs.perSecond() * shape.batch) + "/s; "
                                + Figure.number(ours.cores()) + " cores to " + Figure.number(theirs.cores())),
                Figure.atMost(
                        "answers, p99 in ms, " + shape,
                        Percentile.of(ours.answers(), 0.99),
                        TARGET_ANSWER_MILLIS,
                        quantiles(ours.answers()) + " to " + quantiles(theirs.answers())),
                Figure.atMost(
                        "answers other than 200, " + shape,
                        ours.refused(),
                        0,
                        "of " + ours.answers().size() + "; " + theirs.refused() + " of Alertmanager's"));
    }
}
