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
        return "SIGKILL of the whole process (ours: drop-in, its embedded bus dies too), the same data directory,"
                + " started again at once: at four chosen moments, then at " + KILLS + " random ones (0.3 to 2.5 s"
                + " after it was ready, seed " + SEED + ") while alerts, ends and silences are posted one after"
                + " another; and a receiver that answers 500 until the incident is over";
    }

    /** What came of a case. */
    private record Result(int lost, Repeated repeated, String note) {}

    /** Something that happens to a server, with alerts whose numbers no other case uses. */
    private record Case(String name, int number, Script script) {}

    private interface Script {
        Result play(Contender contender, int number) throws Exception;
    }

    private static final List<Case> CASES = List.of(
            new Case("killed 2 s into a group_wait of 6 s", 1, AlertsCrashBenchmark::whileWaiting),
            new Case("killed 1 s after the message, sender repeats", 2, AlertsCrashBenchmark::afterMessage),
            new Case("killed after the silence was answered", 3, AlertsCrashBenchmark::afterSilence),
            new Case("killed after the end was answered, before the tick", 4, AlertsCrashBenchmark::afterEnd),
            new Case("receiver answers 500 until all is over", 5, AlertsCrashBenchmark::receiverDown),
            new Case("killed " + KILLS + " times while posting", 1000, AlertsCrashBenchmark::atRandom));

    private static final String CONFIG = """
            route:
              receiver: hook
              group_by: ['...']
              group_wait: 1s
              group_interval: 2s
              routes:
              - {matchers: ['sample="1"'], group_wait: 6s, group_interval: 6s}
              - {matchers: ['sample=~"2|3"'], group_wait: 0s, group_interval: 3s}
              - {matchers: ['sample="4"'], group_wait: 0s, group_interval: 6s}
              - {matchers: ['sample="5"'], group_wait: 0s, group_interval: 4s}
            receivers: [{name: hook, webhook_configs: [{url: '%s'}]}]
            """;

    @Override
    public List<Figure> run(Path root) throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (var contenders = Contenders.start(root, CONFIG);
                var threads = Executors.newFixedThreadPool(contenders.all().size())) {
            List<Callable<List<Result>>> plays = contenders.all().stream()
                    .<Callable<List<Result>>>map(contender -> () -> play(contender))
                    .toList();
            List<Future<List<Result>>> results = threads.invokeAll(plays);
            List<Result> theirs = results.getFirst().get();
            List<Result> ours = results.getLast().get();
            for (int i = 0; i < CASES.size(); i++) {
                figures.addAll(figures(CASES.get(i), theirs.get(i), ours.get(i)));
            }
        }
        return figures;
    }

    private static List<Result> play(Contender contender) throws Exception {
        List<Result> results = new ArrayList<>();
        for (Case each : CASES) {
            results.add(each.script.play(contender, each.number));
        }
        return results;
    }

    private static List<Figure> figures(Case played, Result theirs, Result ours) {
        return List.of(
                Figure.atMost(
                        "lost, " + played.name,
                        ours.lost,
                        0,
                        ours.note + "; Alertmanager lost " + theirs.lost + ", " + theirs.note),
                Figure.atMost(
                        "told again with another key, " + played.name,
                        ours.repeated.otherKey(),
                        0,
                        "with the same key " + ours.repeated.sameKey() + "; Alertmanager, which has no key, "
                                + theirs.repeated.all()));
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

    private static Result whileWaiting(Contender contender, int number) throws Exception {
        var acknowledged = new Acknowledged(contender);
        must(acknowledged.fire(number), contender);
        long posted = System.nanoTime();
        rest(Duration.ofSeconds(2));
        contender.server().kill();
        double ready = contender.server().restart();
        boolean told = WebhookSink.until(() -> acknowledged.messages() > 0, WATCH);
        double after = (contender.sink().newest() - posted) / 1e9;
        return result(
                acknowledged,
                "ready after " + Figure.number(ready) + " s, "
                        + (told ? "told " + Figure.number(after) + " s after the post" : "told nobody in 15 s"));
    }

    private static Result afterMessage(Contender contender, int number) throws Exception {
        var acknowledged = new Acknowledged(contender);
        must(acknowledged.fire(number), contender);
        must(WebhookSink.until(() -> acknowledged.messages() > 0, LIMIT), contender);
        rest(NOTIFIED);
        contender.server().kill();
        contender.server().restart();
        must(acknowledged.fire(number), contender);
        rest(Duration.ofSeconds(8));
        return result(acknowledged, acknowledged.messages() + " message(s)");
    }

    private static Result afterSilence(Contender contender, int number) throws Exception {
        var acknowledged = new Acknowledged(contender);
        must(acknowledged.silence(number), contender);
        contender.server().kill();
        contender.server().restart();
        int before = contender.sink().count();
        must(contender.server().accepts(Alerts.firing(number)), contender);
        boolean fired = contender.sink().await(before + 1, Duration.ofSeconds(8));
        return result(acknowledged, fired ? "the pager fired" : "the pager stayed quiet");
    }

    private static Result afterEnd(Contender contender, int number) throws Exception {
        var acknowledged = new Acknowledged(contender);
        must(acknowledged.fire(number), contender);
        must(WebhookSink.until(() -> acknowledged.messages() > 0, LIMIT), contender);
        rest(NOTIFIED);
        must(acknowledged.resolve(number), contender);
        contender.server().kill();
        contender.server().restart();
        boolean told = WebhookSink.until(() -> acknowledged.lostResolved() == 0, WATCH);
        return result(acknowledged, told ? "the end was told" : "the end was never told");
    }

    private static Result receiverDown(Contender contender, int number) throws Exception {
        var acknowledged = new Acknowledged(contender);
        int before = contender.sink().attempts();
        contender.sink().answer(500);
        must(acknowledged.fire(number), contender);
        boolean _ = WebhookSink.until(() -> contender.sink().attempts() > before + 1, LIMIT);
        rest(Duration.ofSeconds(3));
        must(acknowledged.resolve(number), contender);
        rest(Duration.ofSeconds(12)); // the flushes that have begun are over
        int failed = contender.sink().attempts() - before;
        contender.sink().answer(200);
        boolean told = WebhookSink.until(() -> acknowledged.messages() > 0, LIMIT);
        rest(Duration.ofSeconds(5));
        return new Result(
                told ? 0 : 1,
                acknowledged.repeated(),
                failed + " failed attempts, then " + acknowledged.messages() + " message(s)");
    }

    private static Result atRandom(Contender contender, int number) throws Exception {
        var acknowledged = new Acknowledged(contender);
        var random = new Random(SEED);
        Iterator<Integer> numbers = IntStream.iterate(number, i -> i + 1).iterator();
        for (int kill = 0; kill < KILLS; kill++) {
            long end = System.nanoTime()
                    + Duration.ofMillis(random.nextInt(300, 2500)).toNanos();
            try (var killer = Executors.newSingleThreadExecutor()) {
                Future<?> killed = killer.submit(() -> {
                    LockSupport.parkNanos(end - System.nanoTime());
                    contender.server().kill();
                    return null;
                });
                post(acknowledged, numbers, end);
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
    private static void post(Acknowledged acknowledged, Iterator<Integer> numbers, long end)
            throws InterruptedException {
        boolean alive = true;
        while (alive && System.nanoTime() < end + Duration.ofSeconds(1).toNanos()) {
            int number = numbers.next();
            alive = acknowledged.fire(number);
            if (alive && number % 10 == 0) {
                alive = acknowledged.silence(-number);
            }
            if (alive && number % 3 == 0) {
                alive = acknowledged.resolveNewest();
            }
            rest(Duration.ofMillis(5));
        }
    }
}
