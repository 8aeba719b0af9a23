package caretaker.benchmarks;

import caretaker.benchmarks.Acknowledged.Repeated;
import caretaker.benchmarks.Contenders.Contender;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** What is lost and what is told twice when the process is killed, beside Debian's Alertmanager. */
final class AlertsCrashBenchmark implements Benchmark {
    private static final int KILLS = 8;
    private static final int SEED = 20261123;
    private static final Duration NOTIFIED = Duration.ofSeconds(1);
    private static final Duration WATCH = Duration.ofSeconds(15);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "alerts-crash";
    }

    @Override
    public String method() {
        return "SIGKILL of the whole process (ours: drop-in, its embedded bus dies too), the same data directory, started"
                + " again at once: at four chosen moments, then at " + KILLS + " random ones (0.3 to 2.5 s after it was"
                + " ready, seed " + SEED + ") while alerts, ends and silences are posted one after another; and a"
                + " receiver that answers 500 until the incident is over";
    }

    /** What came of a case. */
    private record Result(int lost, Repeated repeated, String note) {}

    /** Something that happens to a server with that configuration. */
    private record Case(String name, String timing, Script script) {}

    private interface Script {
        Result play(Contender contender) throws Exception;
    }

    private static final List<Case> CASES = List.of(
            new Case(
                    "killed 2 s into a group_wait of 6 s",
                    "group_wait: 6s, group_interval: 6s",
                    AlertsCrashBenchmark::whileWaiting),
            new Case(
                    "killed 1 s after the message, sender repeats",
                    "group_wait: 0s, group_interval: 3s",
                    AlertsCrashBenchmark::afterMessage),
            new Case(
                    "killed after the silence was answered",
                    "group_wait: 0s, group_interval: 3s",
                    AlertsCrashBenchmark::afterSilence),
            new Case(
                    "killed after the end was answered, before the tick",
                    "group_wait: 0s, group_interval: 6s",
                    AlertsCrashBenchmark::afterEnd),
            new Case(
                    "receiver answers 500 until all is over",
                    "group_wait: 0s, group_interval: 4s",
                    AlertsCrashBenchmark::receiverDown),
            new Case(
                    "killed " + KILLS + " times while posting",
                    "group_wait: 1s, group_interval: 2s",
                    AlertsCrashBenchmark::atRandom));

    @Override
    public List<Figure> run(Path root) throws Exception {
        List<Figure> figures = new ArrayList<>();
        for (Case each : CASES) {
            try (var contenders = Contenders.start(root, """
                            route: {receiver: hook, group_by: ['...'], %s}
                            receivers: [{name: hook, webhook_configs: [{url: '%%s'}]}]
                            """.formatted(each.timing));
                    var threads = Executors.newFixedThreadPool(contenders.all().size())) {
                List<Callable<Result>> plays = contenders.all().stream()
                        .<Callable<Result>>map(contender -> () -> each.script.play(contender))
                        .toList();
                List<Future<Result>> results = threads.invokeAll(plays);
                Result theirs = results.getFirst().get();
                Result ours = results.getLast().get();
                figures.add(Figure.atMost(
                        "lost, " + each.name,
                        ours.lost,
                        0,
                        ours.note + "; Alertmanager lost " + theirs.lost + ", " + theirs.note));
                figures.add(Figure.atMost(
                        "told again with another key, " + each.name,
                        ours.repeated.otherKey(),
                        0,
                        "with the same key " + ours.repeated.sameKey() + "; Alertmanager, which has no key, "
                                + theirs.repeated.all()));
            }
        }
        return figures;
    }

    private static void must(boolean accepted, Contender contender) throws IOException {
        if (!accepted) {
            throw new IOException(contender.word() + " refuses what it is there for");
        }
    }

    private static Result result(Acknowledged acknowledged, String note) throws IOException, InterruptedException {
        int lost = acknowledged.lostFiring() + acknowledged.lostResolved() + acknowledged.lostSilences();
        return new Result(lost, acknowledged.repeated(), note);
    }

    private static void rest(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
    }

    private static Result whileWaiting(Contender contender) throws Exception {
        var acknowledged = new Acknowledged(contender);
        must(acknowledged.fire(1), contender);
        long posted = System.nanoTime();
        rest(Duration.ofSeconds(2));
        contender.server().kill();
        double ready = contender.server().restart();
        boolean told = contender.sink().await(1, WATCH);
        double after = (contender.sink().newest() - posted) / 1e9;
        return result(
                acknowledged,
                "ready after " + Figure.number(ready) + " s, "
                        + (told ? "told " + Figure.number(after) + " s after the post" : "told nobody in 15 s"));
    }

    private static Result afterMessage(Contender contender) throws Exception {
        var acknowledged = new Acknowledged(contender);
        must(acknowledged.fire(1) && contender.sink().await(1, LIMIT), contender);
        rest(NOTIFIED);
        contender.server().kill();
        contender.server().restart();
        must(acknowledged.fire(1), contender);
        boolean _ = contender.sink().await(2, WATCH);
        return result(acknowledged, contender.sink().count() + " messages");
    }

    private static Result afterSilence(Contender contender) throws Exception {
        var acknowledged = new Acknowledged(contender);
        must(acknowledged.silence(1), contender);
        contender.server().kill();
        contender.server().restart();
        must(contender.server().accepts(Alerts.firing(1)), contender);
        boolean fired = contender.sink().await(1, Duration.ofSeconds(8));
        return result(acknowledged, fired ? "the pager fired" : "the pager stayed quiet");
    }

    private static Result afterEnd(Contender contender) throws Exception {
        var acknowledged = new Acknowledged(contender);
        must(acknowledged.fire(1) && contender.sink().await(1, LIMIT), contender);
        rest(NOTIFIED);
        must(acknowledged.resolve(1), contender);
        contender.server().kill();
        contender.server().restart();
        boolean told = WebhookSink.until(() -> acknowledged.lostResolved() == 0, WATCH);
        return result(acknowledged, told ? "the end was told" : "the end was never told");
    }

    private static Result receiverDown(Contender contender) throws Exception {
        var acknowledged = new Acknowledged(contender);
        contender.sink().answer(500);
        must(acknowledged.fire(1), contender);
        boolean _ = WebhookSink.until(() -> contender.sink().attempts() > 1, LIMIT);
        rest(Duration.ofSeconds(3));
        must(acknowledged.resolve(1), contender);
        rest(Duration.ofSeconds(12)); // the flushes that have begun are over
        int failed = contender.sink().attempts();
        contender.sink().answer(200);
        boolean _ = contender.sink().await(1, LIMIT);
        rest(Duration.ofSeconds(5));
        int lost = contender.sink().count() == 0 ? 1 : 0;
        return new Result(
                lost,
                acknowledged.repeated(),
                failed + " failed attempts, then " + contender.sink().count() + " messages");
    }

    private static Result atRandom(Contender contender) throws Exception {
        var acknowledged = new Acknowledged(contender);
        var random = new Random(SEED);
        Iterator<Integer> numbers = IntStream.iterate(1, i -> i + 1).iterator();
        for (int kill = 0; kill < KILLS; kill++) {
            long end = System.nanoTime()
                    + Duration.ofMillis(random.nextInt(300, 2500)).toNanos();
            try (var killer = Executors.newSingleThreadExecutor()) {
                Future<?> killed = killer.submit(() -> {
                    LockSupport.parkNanos(end - System.nanoTime());
                    contender.server().kill();
                    return null;
                });
                post(contender, acknowledged, numbers, end);
                killed.get();
            }
            contender.server().restart();
        }
        boolean _ = WebhookSink.until(() -> acknowledged.lostFiring() + acknowledged.lostResolved() == 0, LIMIT);
        rest(Duration.ofSeconds(3));
        return result(
                acknowledged,
                "of " + acknowledged.firing() + " alerts " + acknowledged.lostFiring() + ", of "
                        + acknowledged.resolved() + " ends " + acknowledged.lostResolved() + ", of "
                        + acknowledged.silences() + " silences " + acknowledged.lostSilences());
    }

    /** Posts alerts, the ends of what was told, and silences of alerts that never come, until the server is gone. */
    private static void post(Contender contender, Acknowledged acknowledged, Iterator<Integer> numbers, long end)
            throws InterruptedException {
        boolean alive = true;
        while (alive && System.nanoTime() < end + Duration.ofSeconds(1).toNanos()) {
            int number = numbers.next();
            alive = acknowledged.fire(number);
            if (alive && number % 10 == 0) {
                alive = acknowledged.silence(-number);
            }
            List<WebhookSink.Message> told = contender.sink().messages();
            if (alive && number % 3 == 0 && !told.isEmpty()) {
                var firing = told.getLast().numbers("firing");
                alive = firing.isEmpty() || acknowledged.resolve(firing.getFirst());
            }
            rest(Duration.ofMillis(5));
        }
    }
}
