package caretaker.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.chassis.Outbox;
import caretaker.chassis.OutboxSettings;
import caretaker.chassis.config.Bytes;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryState;
import caretaker.recovery.bus.RecoveryTopics;
import caretaker.recovery.engine.Engine;
import caretaker.recovery.engine.EngineSettings;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is on the bus at which moment, with a topic of recoveries that is slow. */
@Timeout(60)
class ErrandsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String HOST = "node-1";

    private static final RecoveryHostState HOST_STATE =
            new RecoveryHostState(HOST, 1, new RecoveryState.Writer("r-1", 1), NOW, null, null, Map.of());

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CompletableFuture<Void> recoveries = new CompletableFuture<>();
    private final List<String> sent = new CopyOnWriteArrayList<>();
    private final List<Input> told = new CopyOnWriteArrayList<>();
    private final Outbox outbox =
            new Outbox(vertx, this::append, OutboxSettings.DEFAULTS, Set.of(), registry, InstantSource.system());
    private final Engine engine = Engine.connect(
            vertx,
            new EngineSettings("unix:///nowhere", Duration.ofSeconds(60), 10, new Bytes(1 << 20)),
            Path.of("unused"),
            registry,
            InstantSource.system());

    @TempDir
    private Path directory;

    private IncidentFiles files;
    private Errands errands;

    @BeforeEach
    void begin() {
        files = new IncidentFiles(directory, registry);
        errands = new Errands(new Errands.Colleagues(
                outbox,
                new RecoveryTopics("health", "recoveries", "state", "maintenance", "dead-letters"),
                engine,
                files,
                Disks.of(directory),
                threads,
                (_, _) -> {},
                _ -> {},
                new RecoveryMetrics(registry, InstantSource.system())));
        errands.answerTo(told::add, _ -> false);
    }

    @AfterEach
    void close() {
        recoveries.complete(null);
        outbox.close();
        files.close();
        engine.close();
        threads.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private List<CompletableFuture<Void>> append(String topic, List<ProducerRecord<byte[], byte[]>> records) {
        boolean isState = topic.equals("state");
        return records.stream()
                .map(record -> {
                    String key = new String(record.key(), UTF_8);
                    sent.add(topic + " " + key + (record.value() == null ? " removed" : ""));
                    return isState ? CompletableFuture.<Void>completedFuture(null) : recoveries;
                })
                .toList();
    }

    private static ContainerIdentity container(String name) {
        return new ContainerIdentity("", name, "", "", "", 0);
    }

    private static Effect tell(String name) {
        return new Effect.Publish(new RecoveryEvent(
                HOST + "/" + name + "/quarantined",
                HOST,
                NOW,
                Kind.QUARANTINED,
                Reason.BUDGET,
                RecoveryEvent.SERVICE,
                "it never came well",
                container(name),
                null,
                null,
                null,
                null,
                null,
                null,
                false));
    }

    private void awaitSent(String record) {
        await().atMost(LIMIT).until(() -> sent.contains(record));
    }

    /** killed in between, it would count as over, and nobody would ever tell how it ended. */
    @Test
    void aStateIsWrittenOnceWhatWasToldBeforeItIsOnTheBus() {
        // When
        errands.carryOut(List.of(tell("a"), DeskTest.store("a", 1), new Effect.Forget(HOST, container("a"))));
        errands.carryOut(List.of(DeskTest.store("b", 1)));

        // Then
        awaitSent("recoveries node-1/a");
        awaitSent("state node-1/b"); // it was to be written after the others
        assertThat(sent).containsExactlyInAnyOrder("recoveries node-1/a", "state node-1/b");
        assertThat(errands.written()).isNotDone();

        // When
        recoveries.complete(null);

        // Then
        awaitSent("state node-1/a removed");
        assertThat(sent).containsSubsequence("recoveries node-1/a", "state node-1/a", "state node-1/a removed");
        await().atMost(LIMIT).until(() -> errands.written().isDone());
        assertThat(told).isEmpty();
    }

    /** the same for the host, of which its containers' events may tell as well. */
    @Test
    void theStateOfTheHostIsWrittenOnceAllThatWasToldBeforeItIsOnTheBus() {
        // When
        errands.carryOut(List.of(tell("a"), new Effect.StoreHost(HOST_STATE), DeskTest.store("b", 1)));

        // Then
        awaitSent("state node-1/b");
        assertThat(sent).doesNotContain("state node-1");

        // When
        recoveries.complete(null);

        // Then
        awaitSent("state node-1");
    }

    /** what cannot be told is said to the desk, and keeps no state from being kept. */
    @Test
    void whatTheBusWillNeverTakeHoldsUpNoState() {
        // When
        errands.carryOut(List.of(tell("a"), DeskTest.store("a", 1)));
        recoveries.completeExceptionally(new RecordTooLargeException("too large"));

        // Then
        awaitSent("state node-1/a");
        await().atMost(LIMIT).until(() -> told.size() == 1);
        assertThat(told)
                .singleElement()
                .isInstanceOfSatisfying(
                        Input.NotWritten.class, not -> assertThat(not.key()).isEqualTo("a"));
    }
}
