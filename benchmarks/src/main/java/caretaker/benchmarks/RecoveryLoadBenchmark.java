package caretaker.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.broker.EmbeddedBroker;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Entity;
import caretaker.contracts.HealthEventCodec;
import caretaker.contracts.Topic;
import caretaker.testkit.DockerEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Whether a flood of failures that need nothing hides one that does. The benchmark itself is the agent. */
final class RecoveryLoadBenchmark implements Benchmark {
    private static final int CONTAINERS = 500;
    private static final int KILLS = 10;
    private static final int PER_SECOND = 1_000;
    private static final int BURSTS = 20;
    private static final Duration BETWEEN = Duration.ofSeconds(4);

    /** Of the events, one in so many is of a container that is managed and well: it must be looked at. */
    private static final int STALE_EVERY = 20;

    private record Known(String id, String name, String startedAt) {}

    private final InstantSource clock = InstantSource.system();
    private final AtomicLong sequence = new AtomicLong();
    private final HealthEventCodec codec = new HealthEventCodec();

    @Override
    public String name() {
        return "recovery-load";
    }

    @Override
    public String method() {
        return CONTAINERS + " real containers that may be repaired, and " + PER_SECOND
                + " failure events a second: one in " + STALE_EVERY
                + " of one of them that is well and has to be looked at, the others of containers that nobody may"
                + " touch, of other hosts, and repeated ones; meanwhile " + KILLS
                + " are really killed, and told of like the others";
    }

    @Override
    public List<Figure> run(Path root) throws Exception {
        Path dir = Files.createTempDirectory("caretaker-bench");
        try (var broker = EmbeddedBroker.start(dir.resolve("data"), 0);
                var engine = DockerEngine.assume()) {
            List<Known> containers = start(engine);
            try (var starts = new EngineEvents("start");
                    var service = RecoveryUnderTest.start(root, dir, broker.bootstrapServers());
                    var producer = new KafkaProducer<>(
                            Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", "5"),
                            new ByteArraySerializer(),
                            new ByteArraySerializer())) {
                List<Double> calm = kills(engine, starts, producer, containers.subList(0, KILLS));
                double before = Processes.cpuSeconds(service.pid());
                long begun = System.nanoTime();
                var stop = new AtomicBoolean();
                var noise = Thread.ofPlatform().start(() -> noise(producer, containers, stop));
                List<Double> noisy = kills(engine, starts, producer, containers.subList(KILLS, 2 * KILLS));
                stop.set(true);
                noise.join();
                double seconds = (System.nanoTime() - begun) / 1e9;
                double cpu = (Processes.cpuSeconds(service.pid()) - before) / seconds * 100;
                return List.of(
                        Figure.atMost(
                                "failure told to started again under noise, the slowest, in ms",
                                Percentile.of(noisy, 1),
                                5_000,
                                Percentile.note(noisy) + "; in calm " + Percentile.note(calm)),
                        Figure.atMost(
                                "resident memory of the recovery service, MiB",
                                Processes.residentMebibytes(service.pid(), true),
                                150,
                                "the most since its start"),
                        Figure.atMost("its CPU under noise, percent of a core", cpu, 100, ""));
            }
        }
    }

    private static List<Known> start(DockerEngine engine) {
        return IntStream.range(0, CONTAINERS)
                .parallel() // it is the longest part of all
                .mapToObj(_ -> started(engine, engine.name("load")))
                .toList();
    }

    private static Known started(DockerEngine engine, String name) {
        String id = engine.run(
                List.of("--network", "none", "--name", name, "--label", "caretaker.recovery=true"), "sleep", "100000");
        return new Known(id, name, engine.docker("inspect", "--format", "{{.State.StartedAt}}", id));
    }

    /** Kills one after the other and says so; how long each took. */
    private List<Double> kills(
            DockerEngine engine, EngineEvents starts, KafkaProducer<byte[], byte[]> producer, List<Known> victims)
            throws Exception {
        List<Double> took = new ArrayList<>();
        for (Known victim : victims) {
            String pid = engine.docker("inspect", "--format", "{{.State.Pid}}", victim.id());
            new ProcessBuilder("kill", "-9", pid).start().waitFor();
            while (!engine.docker("inspect", "--format", "{{.State.Status}}", victim.id())
                    .equals("exited")) {
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
            Instant told = clock.instant();
            say(producer, AgentUnderTest.HOST, event(AgentUnderTest.HOST, victim, "137", sequence.incrementAndGet()));
            took.add(Way.millis(told, starts.after(victim.id(), told).at()));
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
        return took;
    }

    private void noise(KafkaProducer<byte[], byte[]> producer, List<Known> containers, AtomicBoolean stop) {
        var stranger = new Known("ab".repeat(32), "stranger", "2026-01-01T00:00:00Z");
        HealthEvent repeated = event(AgentUnderTest.HOST, containers.getLast(), "3", sequence.incrementAndGet());
        long due = System.nanoTime();
        int number = 0;
        while (!stop.get()) {
            for (int i = 0; i < PER_SECOND / BURSTS; i++) {
                number++;
                if (number % STALE_EVERY == 0) {
                    Known well = containers.get(2 * KILLS + number / STALE_EVERY % (CONTAINERS - 2 * KILLS));
                    say(
                            producer,
                            AgentUnderTest.HOST,
                            event(AgentUnderTest.HOST, well, "3", sequence.incrementAndGet()));
                } else if (number % 3 == 0) {
                    say(producer, "elsewhere", event("elsewhere", stranger, "3", sequence.incrementAndGet()));
                } else if (number % 3 == 1) {
                    say(producer, AgentUnderTest.HOST, repeated);
                } else {
                    HealthEvent event = event(AgentUnderTest.HOST, stranger, "3", sequence.incrementAndGet());
                    say(producer, AgentUnderTest.HOST, event);
                }
            }
            due += Duration.ofSeconds(1).toNanos() / BURSTS;
            LockSupport.parkNanos(due - System.nanoTime());
        }
    }

    private HealthEvent event(String host, Known of, String code, long number) {
        return new HealthEvent(
                host,
                "bench",
                number,
                clock.instant(),
                Condition.CONTAINER_EXITED,
                HealthEvent.State.RAISED,
                HealthEvent.Severity.WARNING,
                new Entity(Entity.Kind.CONTAINER, of.id(), of.name()),
                code,
                of.name() + " exited with code " + code,
                HealthEvent.Action.RESTART_CONTAINER,
                Map.of("name", of.name(), "startedAt", of.startedAt()),
                false);
    }

    private void say(KafkaProducer<byte[], byte[]> producer, String host, HealthEvent event) {
        var _ = producer.send(new ProducerRecord<>(Topic.HEALTH.fullName(), host.getBytes(UTF_8), codec.encode(event)));
    }
}
