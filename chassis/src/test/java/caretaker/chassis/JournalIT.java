package caretaker.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import caretaker.chassis.config.Bytes;
import caretaker.testkit.TestBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An outbox whose events are on disk too, with a broker that is away. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class JournalIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final byte[] KEY = "host-1".getBytes(UTF_8);
    private static final String NOWHERE = "127.0.0.1:1";

    private final Vertx vertx = Vertx.vertx();
    private SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @TempDir
    private Path dir;

    @AfterEach
    void closeVertx() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void whatOneProcessCouldNotSendTheNextOneSendsFirst() {
        // Given
        var broker = TestBroker.shared();
        String topic = broker.newTopic("spilled", 3);
        try (var away = outbox(NOWHERE, topic, journal(topic, 1000))) {
            offer(away, topic, 0, 50);
        }

        // When
        registry = new SimpleMeterRegistry();
        try (var outbox = outbox(broker.bootstrapServers(), topic, journal(topic, 1000))) {
            offer(outbox, topic, 50, 60);
            await().atMost(LIMIT).until(() -> outbox.queued() == 0);
        }

        // Then
        assertThat(values(broker, topic)).containsExactlyElementsOf(numbers(0, 60));
    }

    @Test
    void moreThanMemoryHoldsIsReadBackFromDiskInOrder() {
        // Given
        try (var broker = TestBroker.own()) {
            broker.createTopic("events", 2, Map.of());
            try (var outbox = outbox(broker.bootstrapServers(), "events", journal("events", 10_000))) {
                offer(outbox, "events", 0, 5);
                await().atMost(LIMIT).until(() -> outbox.queued() == 0);
                broker.stop();

                // When
                offer(outbox, "events", 5, 400); // memory holds 20
                broker.start();
                offer(outbox, "events", 400, 420);

                // Then
                await().atMost(LIMIT).until(() -> outbox.queued() == 0);
                assertThat(List.copyOf(new LinkedHashSet<>(values(broker, "events"))))
                        .containsExactlyElementsOf(numbers(0, 420));
                assertThat(registry.get("caretaker.outbox.records")
                                .tag("outcome", "sent")
                                .counter()
                                .count())
                        .isEqualTo(420);
            }
        }
    }

    @Test
    void theOldestAreKeptWhenTheBoundIsReached() {
        // Given
        var broker = TestBroker.shared();
        String topic = broker.newTopic("bounded", 1);
        try (var away = outbox(NOWHERE, topic, journal(topic, 30))) {
            // When
            offer(away, topic, 0, 40);

            // Then
            assertThat(registry.get("caretaker.outbox.records")
                            .tag("outcome", "refused")
                            .counter()
                            .count())
                    .isEqualTo(10);
        }
        registry = new SimpleMeterRegistry();
        try (var outbox = outbox(broker.bootstrapServers(), topic, journal(topic, 30))) {
            await().atMost(LIMIT).until(() -> outbox.queued() == 0);
        }
        assertThat(values(broker, topic)).containsExactlyElementsOf(numbers(0, 30));
    }

    @Test
    void whatTheBrokerTookAtOnceLeavesNothingBehind() {
        var broker = TestBroker.shared();
        String topic = broker.newTopic("quick", 1);
        try (var outbox = outbox(broker.bootstrapServers(), topic, journal(topic, 100))) {
            offer(outbox, topic, 0, 20);
            await().atMost(LIMIT).until(() -> outbox.queued() == 0);
        }
        registry = new SimpleMeterRegistry();
        try (var journal = journal(topic, 100)) {
            assertThat(journal.held()).isZero();
        }
    }

    @Test
    void aPromiseOfARecordThatWasOnDiskOnlyIsKept() {
        try (var broker = TestBroker.own()) {
            broker.createTopic("events", 1, Map.of());
            try (var outbox = outbox(broker.bootstrapServers(), "events", journal("events", 1000))) {
                broker.stop();
                offer(outbox, "events", 0, 50);
                var sent = outbox.send(new Outgoing("events", KEY, "last".getBytes(UTF_8)));
                broker.start();
                sent.toCompletionStage()
                        .toCompletableFuture()
                        .orTimeout(60, TimeUnit.SECONDS)
                        .join();
                assertThat(values(broker, "events")).endsWith("last");
            }
        }
    }

    /** A file system of 256 KiB, as a partition that is full. Needs root. */
    @Test
    void aFullDiskIsSaidAndEventsGoOnInMemory() throws Exception {
        Path small = Files.createDirectory(dir.resolve("small"));
        Assumptions.assumeTrue(mount(small), "only root may mount the small file system of this test");
        try (var broker = TestBroker.own()) {
            broker.createTopic("events", 1, Map.of());
            // Given
            Path ballast = Files.write(small.resolve("ballast"), new byte[200 << 10]);
            Journal journal = Journal.open(small.resolve("events"), "events", settings(10_000), registry);
            try (var outbox = outbox(broker.bootstrapServers(), "events", journal)) {
                broker.stop();

                // When
                offer(outbox, "events", 0, 15, 10_000);
                await().atMost(LIMIT).until(journal::isFailing);
                Files.delete(ballast);

                // Then
                await().atMost(LIMIT).until(() -> !journal.isFailing() && journal.pending() == 0);
                broker.start();
                await().atMost(LIMIT).until(() -> outbox.queued() == 0);
                assertThat(new LinkedHashSet<>(values(broker, "events"))
                                .stream().map(String::strip))
                        .containsExactlyElementsOf(numbers(0, 15));
                assertThat(registry.get("caretaker.outbox.journal.failures")
                                .counter()
                                .count())
                        .isPositive();
            }
        } finally {
            new ProcessBuilder("umount", small.toString()).start().waitFor();
        }
    }

    private static boolean mount(Path folder) throws IOException, InterruptedException {
        return new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder.toString())
                        .redirectErrorStream(true)
                        .start()
                        .waitFor()
                == 0;
    }

    @Test
    void aDataFolderIsOneProcesssAndMustBeWritable() throws IOException {
        Path folder = dir.resolve("data");
        try (var _ = DataDirectory.open(folder)) {
            assertThatThrownBy(() -> DataDirectory.open(folder))
                    .isInstanceOfSatisfying(
                            DataDirectory.Unusable.class,
                            e -> assertThat(e.isTaken()).isTrue())
                    .hasMessageContaining("in use by another process");
        }
        DataDirectory.open(folder).close();
        Path file = Files.writeString(dir.resolve("file"), "");
        assertThatThrownBy(() -> DataDirectory.open(file))
                .isInstanceOf(DataDirectory.Unusable.class)
                .hasMessageContaining("data-dir " + file + " cannot be used");
        Path locked = Files.createDirectory(
                dir.resolve("locked"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
        if (!Files.isWritable(locked)) { // root writes anywhere
            assertThatThrownBy(() -> DataDirectory.open(locked)).isInstanceOf(DataDirectory.Unusable.class);
        }
    }

    private Journal journal(String topic, int records) {
        return Journal.open(dir.resolve(topic), topic, settings(records), registry);
    }

    private static Journal.Settings settings(int records) {
        return new Journal.Settings(records, new Bytes(16 << 20), new Bytes(1 << 20), Duration.ofMillis(100));
    }

    private Outbox outbox(String servers, String topic, Journal journal) {
        var settings = new OutboxSettings(
                20, new Bytes(1 << 20), 20, new Bytes(1 << 20), 500, Duration.ofMillis(500), Map.of());
        var outbox =
                Outbox.start(vertx, KafkaSettings.plain(servers), settings, Set.of(), registry, InstantSource.system());
        outbox.keepOnDisk(topic, journal);
        return outbox;
    }

    private static void offer(Outbox outbox, String topic, int from, int to) {
        offer(outbox, topic, from, to, 0);
    }

    private static void offer(Outbox outbox, String topic, int from, int to, int padding) {
        for (int i = from; i < to; i++) {
            outbox.offer(topic, KEY, (i + " ".repeat(padding)).getBytes(UTF_8));
        }
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    private static List<String> values(TestBroker broker, String topic) {
        return broker.readAll(topic).stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }
}
