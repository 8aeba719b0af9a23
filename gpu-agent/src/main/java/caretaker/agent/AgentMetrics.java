package caretaker.agent;

import caretaker.agent.poll.PollListener;
import caretaker.agent.sampling.DriverListener;
import caretaker.contracts.Column;
import caretaker.contracts.Topic;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The agent's metrics about itself, under the names that the dashboards know. Safe for any thread. */
final class AgentMetrics implements PollListener, DriverListener {
    private static final Duration[] POLL_BUCKETS = millis(1, 5, 20, 100, 500, 1_000, 3_000);
    private static final Duration[] CALL_BUCKETS = {
        Duration.ofNanos(20_000),
        Duration.ofNanos(200_000),
        Duration.ofMillis(2),
        Duration.ofMillis(20),
        Duration.ofMillis(200),
        Duration.ofSeconds(2)
    };
    private static final Duration[] DELAY_BUCKETS = millis(5, 20, 100, 500, 2_000, 10_000, 60_000);

    private final MeterRegistry registry;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Tags instance;
    private final Map<Column.Tier, Timer> polls = new EnumMap<>(Column.Tier.class);
    private final Map<Column.Tier, AtomicLong> lastSuccess = new EnumMap<>(Column.Tier.class);
    private final Map<Topic, Timer> delays = new EnumMap<>(Topic.class);
    private final Map<Topic, Counter> published = new EnumMap<>(Topic.class);
    private final Map<Topic, Counter> dropped = new EnumMap<>(Topic.class);
    private final Map<String, AtomicInteger> stuck = new ConcurrentHashMap<>();
    private final Map<String, Timer> calls = new ConcurrentHashMap<>();
    private final Counter missed;
    private final Counter conditionsFailures;

    AgentMetrics(MeterRegistry registry, String instance, InstantSource clock, LongSupplier nanos) {
        this.registry = registry;
        this.clock = clock;
        this.nanos = nanos;
        this.instance = Tags.of("instance", instance);
        for (Column.Tier tier : List.of(Column.Tier.FAST, Column.Tier.SLOW, Column.Tier.RARE)) {
            Tags tags = this.instance.and("tier", tier.name().toLowerCase(Locale.ROOT));
            polls.put(tier, timer("nvidia.gpu.agent.poll.duration", "Time of one poll, by tier", tags, POLL_BUCKETS));
            var last = new AtomicLong();
            lastSuccess.put(tier, last);
            Gauge.builder("nvidia.gpu.agent.last.success.timestamp.seconds", last, millis -> millis.get() / 1e3)
                    .description("Unix time of the last poll that came back, by tier")
                    .tags(tags)
                    .register(registry);
        }
        for (Topic topic : new Topic[] {Topic.READINGS, Topic.HEALTH, Topic.INVENTORY}) {
            Tags tags = this.instance.and("topic", topic.fullName());
            delays.put(
                    topic,
                    timer(
                            "nvidia.gpu.agent.publish.delay",
                            "Time from reading to acknowledgement",
                            tags,
                            DELAY_BUCKETS));
            published.put(topic, outcome(tags, "ok"));
            dropped.put(topic, outcome(tags, "dropped"));
        }
        conditionsFailures = Counter.builder("caretaker.agent.conditions.file.failures")
                .description("Reads and writes of the file of raised conditions that failed")
                .tags(this.instance)
                .register(registry);
        missed = Counter.builder("caretaker.agent.polls.missed")
                .description("Polls left out because earlier ones took too long")
                .tags(this.instance)
                .register(registry);
    }

    private Timer timer(String name, String help, Tags tags, Duration... buckets) {
        return Timer.builder(name)
                .description(help)
                .tags(tags)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    private Counter outcome(Tags tags, String result) {
        return Counter.builder("nvidia.gpu.agent.publish")
                .description("Bus messages by result")
                .tags(tags.and("result", result))
                .register(registry);
    }

    /** Shows how many messages wait for the broker. */
    void buffered(Supplier<Number> waiting) {
        Gauge.builder("nvidia.gpu.agent.buffered.messages", waiting)
                .description("Messages waiting for the broker")
                .tags(instance)
                .register(registry);
    }

    /** Counts what of the raised conditions could not be read or written. */
    void conditionsFileFailed() {
        conditionsFailures.increment();
    }

    long nanos() {
        return nanos.getAsLong();
    }

    void published(Topic topic, boolean succeeded, Duration took) {
        Counter counter = (succeeded ? published : dropped).get(topic);
        Timer delay = delays.get(topic);
        if (counter != null && delay != null) {
            counter.increment();
            if (succeeded) {
                delay.record(took);
            }
        }
    }

    @Override
    public void polled(Column.Tier tier, Duration took) {
        Timer timer = polls.get(tier);
        AtomicLong last = lastSuccess.get(tier);
        if (timer != null && last != null) {
            timer.record(took);
            last.set(clock.millis());
        }
    }

    @Override
    public void missed(long polls) {
        missed.increment((double) polls);
    }

    @Override
    public void partsLeftOut(long parts) {
        Counter.builder("nvidia.gpu.agent.parts.left.out")
                .description("MIG devices, containers, processes and XIDs that a record had no place for")
                .tags(instance)
                .register(registry)
                .increment((double) parts);
    }

    @Override
    public void stuck(String function, boolean isStuck) {
        stuck.computeIfAbsent(function, this::stuckGauge).set(isStuck ? 1 : 0);
    }

    private AtomicInteger stuckGauge(String function) {
        var value = new AtomicInteger();
        Gauge.builder("nvidia.gpu.agent.call.stuck", value, AtomicInteger::get)
                .description("1 while a driver call has been running past the deadline")
                .tags(instance.and("call", function))
                .register(registry);
        return value;
    }

    @Override
    public void called(String function, long nanos) {
        calls.computeIfAbsent(function, this::callTimer).record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer callTimer(String function) {
        return timer(
                "nvidia.gpu.agent.call.duration",
                "Time inside one driver function",
                instance.and("call", function),
                CALL_BUCKETS);
    }

    @Override
    public void failed(String function, int gpu, String code) {
        Counter.builder("nvidia.gpu.agent.call.errors")
                .description("Driver calls that gave no answer; those that are not supported count once an hour")
                .tags(instance.and("gpu", Integer.toString(gpu), "call", function, "code", code))
                .register(registry)
                .increment();
    }

    @Override
    public void rejected(String metric, Reason reason) {
        Counter.builder("nvidia.gpu.agent.values.rejected")
                .description("Readings thrown away because they were blank, out of range or went backwards")
                .tags(instance.and("metric", metric, "reason", reason.name().toLowerCase(Locale.ROOT)))
                .register(registry)
                .increment();
    }

    private static Duration[] millis(long... bounds) {
        var buckets = new Duration[bounds.length];
        for (int i = 0; i < bounds.length; i++) {
            buckets[i] = Duration.ofMillis(bounds[i]);
        }
        return buckets;
    }
}
