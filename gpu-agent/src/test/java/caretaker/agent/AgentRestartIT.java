package caretaker.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.State;
import caretaker.testkit.FreePort;
import caretaker.testkit.TestBroker;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent with a data folder dies while the broker is away, and another starts in its place. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class AgentRestartIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String HOST = "gpu-01";

    /** None of them ends: a machine that stands still for a second would miss what comes and goes. */
    private static final String FAULTS = """
            at 500ms gpu 1 of gpu-01: lost
            at 700ms gpu 2 of gpu-01: lost
            at 900ms gpu 3 of gpu-01: lost
            at 1100ms gpu 4 of gpu-01: lost
            at 1300ms gpu 5 of gpu-01: lost
            """;

    private static final int EVENTS = 5;

    private final TestBroker broker = TestBroker.own();
    private final BusReader bus = new BusReader(broker);
    private final int port = FreePort.find();

    @TempDir
    private Path dir;

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void afterAKillEveryEventArrivesOnceInOrderAndWhatIsOverIsCleared() throws Exception {
        // Given
        broker.stop();
        AgentProcess.kill(startAndWait("first", FAULTS));

        // When
        Process second = start("second", "");
        awaitHeld(EVENTS);
        broker.start();

        // Then
        try {
            await().atMost(LIMIT).until(() -> bus.events(HOST).size() == 2 * EVENTS);
            List<HealthEvent> events = bus.events(HOST);
            List<HealthEvent> former = events.subList(0, EVENTS);
            String agentId = former.getFirst().agentId();
            assertThat(former).allMatch(event -> event.agentId().equals(agentId));
            assertThat(former)
                    .extracting(HealthEvent::sequence)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, EVENTS).boxed().toList());
            List<HealthEvent> cleared = events.subList(EVENTS, 2 * EVENTS);
            assertThat(cleared)
                    .allMatch(event -> !event.agentId().equals(agentId))
                    .allMatch(event -> event.condition() == Condition.GPU_LOST && event.state() == State.CLEARED);
            assertThat(cleared).extracting(HealthEvent::sequence).containsExactly(1L, 2L, 3L, 4L, 5L);
            assertThat(cleared)
                    .extracting(event -> event.entity().name())
                    .containsExactlyInAnyOrderElementsOf(
                            former.stream().map(event -> event.entity().name()).toList())
                    .doesNotHaveDuplicates();
            assertThat(cleared.getFirst().evidence())
                    .containsEntry("previousAgentId", agentId)
                    .containsEntry("previousSequence", Integer.toString(EVENTS));
            await().atMost(LIMIT).until(() -> metric("caretaker_outbox_journal_records") == 0);
        } finally {
            AgentProcess.kill(second);
        }
    }

    @Test
    void anEventThatWasTornByTheCrashIsCutOffAndItsNumberShowsIt() throws Exception {
        broker.stop();
        AgentProcess.kill(startAndWait("first", FAULTS));
        Path segment = segments().getFirst();
        byte[] whole = Files.readAllBytes(segment);
        Files.write(segment, java.util.Arrays.copyOf(whole, whole.length - 3), StandardOpenOption.TRUNCATE_EXISTING);

        Process second = start("second", "");
        try {
            awaitHeld(EVENTS - 1);
            assertThat(metric("caretaker_outbox_journal_damaged_total")).isEqualTo(1);
            broker.start();
            await().atMost(LIMIT).until(() -> bus.events(HOST).size() == 2 * EVENTS - 1);
            // The next run says that there were five; a reader that counts has seen four.
            assertThat(bus.events(HOST).get(EVENTS - 1).evidence())
                    .containsEntry("previousSequence", Integer.toString(EVENTS));
            assertThat(bus.events(HOST))
                    .extracting(HealthEvent::sequence)
                    .containsExactly(1L, 2L, 3L, 4L, 1L, 2L, 3L, 4L, 5L);
        } finally {
            AgentProcess.kill(second);
        }
    }

    @Test
    void onSigtermItEndsInTimeAndLeavesItsEventsForTheNext() throws Exception {
        broker.stop();
        Process first = startAndWait("first", FAULTS);
        long begin = System.nanoTime();
        first.destroy();
        assertThat(first.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        assertThat(Files.readString(dir.resolve("first.log"))).contains("events wait on disk for the next start");

        Process second = start("second", "");
        try {
            awaitHeld(EVENTS);
            broker.start();
            await().atMost(LIMIT).until(() -> bus.events(HOST).size() > EVENTS);
            assertThat(bus.events(HOST).subList(0, EVENTS))
                    .extracting(HealthEvent::sequence)
                    .containsExactly(1L, 2L, 3L, 4L, 5L);
        } finally {
            AgentProcess.kill(second);
        }
    }

    @Test
    void aSecondAgentInTheSameFolderAndAFolderThatIsNoneAreSaid() throws Exception {
        Process first = start("first", "");
        await().atMost(LIMIT).until(() -> metric("caretaker_outbox_journal_records") == 0);
        try {
            Process second = start("second", "");
            assertThat(second.waitFor(90, TimeUnit.SECONDS)).isTrue();
            assertThat(second.exitValue()).isEqualTo(7);
            assertThat(Files.readString(dir.resolve("second.log"))).contains("in use by another process");
        } finally {
            AgentProcess.kill(first);
        }
        Files.move(dir.resolve("data"), dir.resolve("old"));
        Files.writeString(dir.resolve("data"), "a file");
        Process third = start("third", "");
        assertThat(third.waitFor(90, TimeUnit.SECONDS)).isTrue();
        assertThat(third.exitValue()).isEqualTo(64);
        assertThat(Files.readString(dir.resolve("third.log")))
                .contains("data-dir")
                .contains("cannot be used");
    }

    private Process startAndWait(String name, String faults) throws IOException {
        Process agent = start(name, faults);
        awaitOnDisk(EVENTS);
        awaitKnown(EVENTS);
        return agent;
    }

    /** A running agent has so many. It may have added one of its own before anybody looks. */
    private void awaitHeld(int events) {
        await().atMost(LIMIT).until(() -> metric("caretaker_outbox_journal_records") >= events);
    }

    /** So many events are in the journal's files: the agent's own count is ahead of them. */
    private void awaitOnDisk(int events) {
        await().atMost(LIMIT).ignoreException(NoSuchFileException.class).until(() -> {
            int found = 0;
            for (Path segment : segments()) {
                found += Files.readString(segment, StandardCharsets.ISO_8859_1).split("\"specversion\"", -1).length - 1;
            }
            return found == events;
        });
    }

    /** The file of what is raised is as new as the event with this number; it is written beside the journal. */
    private void awaitKnown(int sequence) {
        await().atMost(LIMIT)
                .ignoreException(NoSuchFileException.class)
                .until(() -> Files.readAllLines(dir.resolve("data/conditions-" + HOST))
                        .get(1)
                        .endsWith(" " + sequence));
    }

    private Process start(String name, String faults) throws IOException {
        Path script = Files.writeString(dir.resolve(name + ".faults"), faults);
        Path config = Files.writeString(dir.resolve(name + ".yml"), """
                host: gpu-01
                source: simulated
                data-dir: %s
                intervals: {fast: 200ms}
                restored: {confirm-after: 2s}
                health: {conditions: {gpu.count-mismatch: {enabled: false}}} # or it is told ten seconds after a loss
                http: {port: %d}
                kafka: {bootstrap-servers: ["%s"]}
                simulated: {faults: %s}
                """.formatted(
                        dir.resolve("data"), port, broker.bootstrapServers(), script));
        return AgentProcess.start(config, dir.resolve(name + ".log"));
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(dir.resolve("data/outbox/caretaker.health"))) {
            return files.sorted().toList();
        }
    }

    /** The first series whose line begins so; -1 while nobody answers. */
    private double metric(String name) {
        try (var in =
                URI.create("http://127.0.0.1:" + port + "/metrics").toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(name))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }
}
