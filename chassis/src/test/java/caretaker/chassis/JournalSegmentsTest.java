package caretaker.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.Cases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalSegmentsTest {
    private static final long SEGMENT = 1000;
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00.123Z");

    @TempDir
    private Path dir;

    @Test
    void whatWasWrittenIsReadBackWholeAndInOrder() throws IOException {
        // Given
        var record = new Outgoing("t", "host-1".getBytes(UTF_8), "value".getBytes(UTF_8)).with("a", "b");
        try (var segments = open()) {
            segments.append(new JournalEntry.Kept(1, TIME, record));
            segments.append(new JournalEntry.Kept(2, TIME, new Outgoing("t", null, null)));
            segments.force();
        }

        // When
        try (var again = segments()) {
            var found = again.open();
            var read = again.read(0, 10, 1000).records();

            // Then
            assertThat(found.records()).isEqualTo(2);
            assertThat(found.bytes())
                    .isEqualTo(read.stream()
                            .mapToLong(kept -> JournalSegments.size(kept.record()))
                            .sum());
            assertThat(read).extracting(JournalEntry.Kept::id).containsExactly(1L, 2L);
            assertThat(read.getFirst().offered()).isEqualTo(TIME);
            assertThat(read.getFirst().record().key()).isEqualTo(record.key());
            assertThat(read.getFirst().record().value()).isEqualTo(record.value());
            assertThat(read.getFirst().record().headers()).isEqualTo(record.headers());
            assertThat(read.getLast().record().value()).isNull();
            assertThat(again.lastId()).isEqualTo(2);
        }
    }

    @Test
    void segmentsGoWhenTheirRecordsAreSettledTheOldestFirst() throws IOException {
        // Given
        try (var segments = open()) {
            append(segments, 1, 100);
            assertThat(files(".log")).hasSizeGreaterThan(4);

            // When
            for (long id = 2; id <= 100; id++) {
                segments.settled(id);
            }
            // Then
            assertThat(ids(segments)).containsExactly(1L);
            segments.settled(1);
            assertThat(files(".log")).hasSize(1);
        }
        try (var again = segments()) {
            assertThat(again.open().records()).isZero();
            assertThat(files(".log")).isEmpty();
        }
    }

    @Test
    void aTornTailIsCutOffWhereverItWasTorn() throws IOException {
        try (var segments = open()) {
            append(segments, 1, 3);
        }
        Path file = files(".log").getFirst();
        byte[] whole = Files.readAllBytes(file);
        int entry = whole.length / 3;
        for (int length = 2 * entry + 1; length < whole.length; length++) {
            // Given
            Files.write(file, java.util.Arrays.copyOf(whole, length));

            // When
            var torn = segments();
            var found = torn.open();

            // Then
            assertThat(found.torn()).isEqualTo(1);
            assertThat(ids(torn)).containsExactly(1L, 2L);
            assertThat(Files.size(file)).isEqualTo(2L * entry);
            torn.close();
        }
        assertThat(files(".corrupt")).isEmpty();
    }

    @Test
    void zerosThatAFileSystemLeavesAreATornTail() throws IOException {
        try (var segments = open()) {
            append(segments, 1, 3);
        }
        Files.write(files(".log").getFirst(), new byte[500], StandardOpenOption.APPEND);
        try (var again = segments()) {
            assertThat(again.open().torn()).isEqualTo(1);
            assertThat(ids(again)).containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void aCorruptSegmentIsSetAsideAndTheOthersAreRead() throws IOException {
        // Given
        try (var segments = open()) {
            append(segments, 1, 60);
        }
        Path second = files(".log").get(1);
        byte[] bytes = Files.readAllBytes(second);
        bytes[bytes.length / 2] ^= 0x10;
        Files.write(second, bytes);

        // When
        try (var again = segments()) {
            var found = again.open();

            // Then
            assertThat(found.corrupt()).isEqualTo(1);
            assertThat(files(".corrupt")).hasSize(1);
            assertThat(Files.readAllBytes(files(".corrupt").getFirst())).isEqualTo(bytes);
            assertThat(ids(again)).isSorted().contains(1L, 60L).hasSizeBetween(50, 59);
        }
    }

    @Test
    void aSegmentThatRotsWhileTheProcessRunsCostsOnlyItsRest() throws IOException {
        try (var segments = open()) {
            append(segments, 1, 60);
            Path second = files(".log").get(1);
            byte[] bytes = Files.readAllBytes(second);
            bytes[bytes.length / 2] ^= 0x10;
            Files.write(second, bytes);

            var batch = segments.read(0, 100, 1 << 20);
            assertThat(batch.lost().records()).isPositive();
            assertThat(batch.records()).hasSize(60 - batch.lost().records());
            assertThat(segments.read(0, 100, 1 << 20).lost()).isEqualTo(JournalSegments.Lost.NONE);
        }
    }

    @Test
    void fewDamagedFilesAreKept() throws IOException {
        for (int i = 0; i < JournalSegments.MAX_CORRUPT + 3; i++) {
            Files.write(dir.resolve(String.format("%010d.log", i + 1)), "not a journal at all".getBytes(UTF_8));
        }
        try (var segments = segments()) {
            assertThat(segments.open().corrupt()).isEqualTo(JournalSegments.MAX_CORRUPT + 3);
        }
        assertThat(files(".corrupt")).hasSize(JournalSegments.MAX_CORRUPT);
    }

    @Test
    void readsAreLimitedButGetOn() throws IOException {
        try (var segments = open()) {
            append(segments, 1, 50);
            List<Long> read = new ArrayList<>();
            boolean more = true;
            while (more) {
                var batch = segments.read(read.isEmpty() ? 0 : read.getLast(), 7, 1);
                batch.records().forEach(kept -> read.add(kept.id()));
                more = batch.more();
            }
            assertThat(read)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 50).boxed().toList());
        }
    }

    /** Any mix of appends, marks and restarts: what is not settled is there, in order, once. */
    @Test
    void nothingIsLostOverAnyMixOfWritingMarkingAndRestarting() throws IOException {
        for (int seed = 0; seed < 30; seed++) { // each waits for the disk many times
            mix(Files.createDirectory(dir.resolve("case-" + seed)), Cases.random(seed));
        }
    }

    private static void mix(Path folder, RandomGenerator random) throws IOException {
        var open = new TreeSet<Long>();
        long last = 0;
        var segments = new JournalSegments(folder, "t", SEGMENT);
        segments.open();
        for (int step = 0; step < 40; step++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    segments.close();
                    segments = new JournalSegments(folder, "t", SEGMENT);
                    assertThat(segments.open().records()).isEqualTo(open.size());
                    last = Math.max(last, segments.lastId());
                }
                case 1 -> {
                    for (long id : List.copyOf(open)) {
                        if (random.nextInt(3) > 0) {
                            segments.settled(id);
                            open.remove(id);
                        }
                    }
                }
                default -> {
                    for (int i = random.nextInt(10); i > 0; i--) {
                        segments.append(kept(++last, random.nextInt(300)));
                        open.add(last);
                    }
                }
            }
            assertThat(ids(segments)).containsExactlyElementsOf(open);
        }
        segments.close();
    }

    private JournalSegments segments() {
        return new JournalSegments(dir, "t", SEGMENT);
    }

    private JournalSegments open() throws IOException {
        var segments = segments();
        segments.open();
        return segments;
    }

    private static void append(JournalSegments to, long from, long until) throws IOException {
        for (long id = from; id <= until; id++) {
            to.append(kept(id, 20));
        }
    }

    private static JournalEntry.Kept kept(long id, int length) {
        return new JournalEntry.Kept(id, TIME, new Outgoing("t", "k".getBytes(UTF_8), new byte[length]));
    }

    private static List<Long> ids(JournalSegments segments) throws IOException {
        return segments.read(0, Integer.MAX_VALUE, Long.MAX_VALUE).records().stream()
                .map(JournalEntry.Kept::id)
                .toList();
    }

    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }
}
