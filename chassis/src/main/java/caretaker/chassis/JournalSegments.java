package caretaker.chassis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a {@link Journal}: segments that are only appended to, and deleted, the oldest first, once all their
 * records are settled. Used by one thread at a time; every method may wait for the disk.
 *
 * <p>What is damaged is never deleted: a copy stays beside the segments as {@code N.corrupt}, the newest
 * {@link #MAX_CORRUPT} of them.
 */
final class JournalSegments implements AutoCloseable {
    static final int MAX_CORRUPT = 8;
    private static final String SUFFIX = ".log";
    private static final String ASIDE = ".corrupt";
    /** A segment without open records is kept until it is this long, so that the usual event makes no new file. */
    private static final long SMALL = 64 << 10;

    private static final class Segment {
        final Path file;
        final int number;
        /** By id less {@link #firstId}: whether it is open. */
        final BitSet open = new BitSet();

        /** What each counts for, by the same number. */
        private int[] sizes = new int[16];

        long firstId;
        long lastId;
        long size;

        Segment(Path file, int number) {
            this.file = file;
            this.number = number;
        }

        void opened(long id, int size) {
            if (firstId == 0) {
                firstId = id;
            }
            lastId = id;
            int at = (int) (id - firstId);
            if (at >= sizes.length) {
                sizes = Arrays.copyOf(sizes, Math.max(at + 1, 2 * sizes.length));
            }
            sizes[at] = size;
            open.set(at);
        }

        /** Of the open records from a number on. */
        long openBytes(int from) {
            return open.stream()
                    .filter(at -> at >= from)
                    .mapToLong(at -> sizes[at])
                    .sum();
        }

        boolean settled(long id) {
            if (firstId == 0 || id < firstId || id > lastId || !open.get((int) (id - firstId))) {
                return false;
            }
            open.clear((int) (id - firstId));
            return true;
        }
    }

    /** What was found at opening. */
    record Found(int records, long bytes, int torn, int corrupt) {}

    private final Path dir;
    private final String topic;
    private final long segmentBytes;
    private final Deque<Segment> segments = new ArrayDeque<>();
    private @Nullable FileChannel active;
    private boolean mayAppend;
    private int lastNumber;
    private long lastId;

    JournalSegments(Path dir, String topic, long segmentBytes) {
        this.dir = dir;
        this.topic = topic;
        this.segmentBytes = segmentBytes;
    }

    /** Reads all there is. A torn tail is cut off; a corrupt rest is cut off too, after a copy of the file was made. */
    Found open() throws IOException {
        Files.createDirectories(dir);
        int records = 0;
        int torn = 0;
        int corrupt = 0;
        for (Path file : files()) {
            var segment = new Segment(file, number(file));
            lastNumber = Math.max(lastNumber, segment.number);
            segments.addLast(segment);
            switch (scan(segment)) {
                case WHOLE -> {}
                case TORN -> torn++;
                case CORRUPT -> corrupt++;
            }
        }
        long bytes = 0;
        for (Segment segment : segments) {
            records += segment.open.cardinality();
            bytes += segment.openBytes(0);
        }
        deleteSettled();
        return new Found(records, bytes, torn, corrupt);
    }

    private SegmentReader.Ending scan(Segment segment) throws IOException {
        try (var reader = new SegmentReader(topic, segment.file)) {
            for (JournalEntry entry = reader.next(); entry != null; entry = reader.next()) {
                lastId = Math.max(lastId, entry.id());
                switch (entry) {
                    case JournalEntry.Kept kept -> segment.opened(kept.id(), size(kept.record()));
                    case JournalEntry.Settled settled -> markSettled(settled.id());
                }
            }
            segment.size = reader.position();
            if (reader.ending() == SegmentReader.Ending.CORRUPT) {
                setAside(segment);
            }
            if (reader.ending() != SegmentReader.Ending.WHOLE) {
                cut(segment);
            }
            return reader.ending();
        }
    }

    /** What a record counts for. */
    static int size(Outgoing record) {
        return JournalEntry.HEAD + JournalEntry.bodyLength(record);
    }

    private static void cut(Segment segment) throws IOException {
        try (var channel = FileChannel.open(segment.file, StandardOpenOption.WRITE)) {
            channel.truncate(segment.size);
            channel.force(true);
        }
    }

    private void setAside(Segment segment) throws IOException {
        Path aside = dir.resolve(name(segment.number) + ASIDE);
        Files.copy(segment.file, aside, StandardCopyOption.REPLACE_EXISTING);
        List<Path> all = files(ASIDE);
        for (Path old : all.subList(0, Math.max(0, all.size() - MAX_CORRUPT))) {
            Files.delete(old);
        }
    }

    /** The greatest id that was ever seen here. */
    long lastId() {
        return lastId;
    }

    /** Writes a record. It is on disk only after {@link #force}. */
    void append(JournalEntry.Kept kept) throws IOException {
        Segment segment = writable();
        write(segment, JournalEntry.encode(kept));
        segment.opened(kept.id(), size(kept.record()));
        lastId = Math.max(lastId, kept.id());
    }

    /** Notes that a record needs to be sent no more, in memory at once, and then on disk. */
    void settled(long id) throws IOException {
        if (!markSettled(id)) {
            return; // was never written
        }
        if (segments.stream().allMatch(segment -> segment.open.isEmpty()) && segments.getLast().size > SMALL) {
            deleteAll();
            return;
        }
        write(writable(), JournalEntry.encode(new JournalEntry.Settled(id)));
        deleteSettled();
    }

    private boolean markSettled(long id) {
        for (Segment segment : segments) {
            if (segment.settled(id)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOpen(Segment segment, long id) {
        return segment.firstId != 0
                && id >= segment.firstId
                && id <= segment.lastId
                && segment.open.get((int) (id - segment.firstId));
    }

    /** The segment at the end, or a new one if that is long enough. */
    private Segment writable() throws IOException {
        Segment last = segments.peekLast();
        if (last != null && active != null && mayAppend && last.size < segmentBytes) {
            return last;
        }
        closeActive();
        var fresh = new Segment(dir.resolve(name(lastNumber + 1) + SUFFIX), lastNumber + 1);
        active = FileChannel.open(fresh.file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        lastNumber++;
        segments.addLast(fresh);
        mayAppend = true;
        forceFolder();
        return fresh;
    }

    private void write(Segment segment, ByteBuffer bytes) throws IOException {
        FileChannel channel = active;
        if (channel == null) {
            throw new IOException("no segment is open");
        }
        long end = segment.size;
        try {
            while (bytes.hasRemaining()) {
                end += channel.write(bytes, end);
            }
            segment.size = end;
        } catch (IOException e) {
            mayAppend = false; // if the half entry cannot be cut off, the next one goes to a new file
            channel.truncate(segment.size);
            mayAppend = true;
            throw e;
        }
    }

    /** Returns when all that was written is on disk. */
    void force() throws IOException {
        FileChannel channel = active;
        if (channel != null) {
            channel.force(false);
        }
    }

    private void forceFolder() throws IOException {
        try (var folder = FileChannel.open(dir, StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private void closeActive() throws IOException {
        FileChannel channel = active;
        active = null;
        if (channel != null) {
            try (channel) {
                channel.force(false);
            }
        }
    }

    /** From the front only: marks of later segments speak of records in earlier ones. */
    private void deleteSettled() throws IOException {
        while (!segments.isEmpty() && segments.getFirst().open.isEmpty()) {
            if (segments.size() == 1 && active != null) {
                return;
            }
            Files.deleteIfExists(segments.removeFirst().file);
        }
    }

    private void deleteAll() throws IOException {
        FileChannel channel = active;
        active = null;
        if (channel != null) {
            channel.close();
        }
        deleteSettled();
    }

    /** Records that cannot be read any more. */
    record Lost(int records, long bytes) {
        static final Lost NONE = new Lost(0, 0);

        Lost and(Lost more) {
            return new Lost(records + more.records, bytes + more.bytes);
        }
    }

    /** Records that were read back. */
    record Batch(List<JournalEntry.Kept> records, boolean more, Lost lost) {}

    /** The open records after an id, oldest first, within limits but at least one. What cannot be read is lost. */
    Batch read(long afterId, int maxRecords, long maxBytes) throws IOException {
        List<JournalEntry.Kept> found = new ArrayList<>();
        long bytes = 0;
        Lost lost = Lost.NONE;
        for (Segment segment : List.copyOf(segments)) {
            if (segment.lastId <= afterId || segment.open.isEmpty()) {
                continue;
            }
            try (var reader = new SegmentReader(topic, segment.file)) {
                long lastRead = 0;
                for (JournalEntry entry = reader.next(); entry != null; entry = reader.next()) {
                    if (entry instanceof JournalEntry.Kept kept) {
                        lastRead = kept.id();
                        if (kept.id() > afterId && isOpen(segment, kept.id())) {
                            if (!found.isEmpty()
                                    && (found.size() >= maxRecords || bytes + size(kept.record()) > maxBytes)) {
                                return new Batch(found, true, lost);
                            }
                            found.add(kept);
                            bytes += size(kept.record());
                        }
                    }
                }
                lost = lost.and(giveUp(segment, lastRead));
            }
        }
        return new Batch(found, false, lost);
    }

    /** Records of a segment that should come after the last that could be read. */
    private Lost giveUp(Segment segment, long lastRead) throws IOException {
        int from = (int) Math.max(0, lastRead + 1 - segment.firstId);
        int records =
                segment.open.get(from, Math.max(from, segment.open.length())).cardinality();
        var lost = new Lost(records, segment.openBytes(from));
        if (records > 0) {
            setAside(segment);
            segment.open.clear(from, segment.open.length());
        }
        return lost;
    }

    private List<Path> files() throws IOException {
        return files(SUFFIX);
    }

    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> all = Files.list(dir)) {
            return all.filter(file -> file.getFileName().toString().matches("\\d{10}\\" + suffix))
                    .sorted()
                    .toList();
        }
    }

    private static int number(Path file) {
        return Integer.parseInt(file.getFileName().toString().substring(0, 10));
    }

    private static String name(int number) {
        return String.format(Locale.ROOT, "%010d", number);
    }

    /** Bytes of all segments. */
    long size() {
        return segments.stream().mapToLong(segment -> segment.size).sum();
    }

    @Override
    public void close() throws IOException {
        closeActive();
    }
}
