package caretaker.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.chassis.config.Bytes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");
    private static final int MAX_BYTES = 8 << 10;

    @TempDir
    private Path dir;

    @Test
    void whatTheDiskHasLostTakesNoRoomAnyMore() throws Exception {
        // Given
        var settings = new Journal.Settings(1000, new Bytes(MAX_BYTES), new Bytes(1 << 20), Duration.ofMillis(100));
        try (var journal = Journal.open(dir, "events", settings, new SimpleMeterRegistry())) {
            int taken = fill(journal);
            assertThat(taken).isBetween(6, 8);
            await().atMost(LIMIT).until(() -> journal.pending() == 0);

            // When
            for (Path segment : segments()) {
                Files.write(segment, new byte[16]);
            }
            var loaded = new CompletableFuture<Journal.Loaded>();
            journal.load(0, 100, MAX_BYTES, loaded::complete);

            // Then
            assertThat(loaded.get(LIMIT.toSeconds(), TimeUnit.SECONDS).records())
                    .isEmpty();
            assertThat(journal.held()).isZero();
            assertThat(fill(journal)).isEqualTo(taken);
        }
    }

    /** As many records of 1 KiB as there is room for. */
    private static int fill(Journal journal) {
        int count = 0;
        while (journal.admit(new Outgoing("events", null, new byte[1 << 10]), TIME) != 0) {
            count++;
        }
        return count;
    }

    private Path[] segments() throws IOException {
        try (Stream<Path> all = Files.list(dir)) {
            return all.filter(file -> file.toString().endsWith(".log")).toArray(Path[]::new);
        }
    }
}
