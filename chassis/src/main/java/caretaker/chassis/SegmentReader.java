package caretaker.chassis;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the entries of one segment of a {@link Journal} from its beginning, as far as they are sound. */
final class SegmentReader implements Closeable {
    /** Why there is no next entry. */
    enum Ending {
        /** The last entry is whole. */
        WHOLE,
        /** The last entry was being written when the process or the machine died. */
        TORN,
        /** There is something that was never written so, and more may come after it. */
        CORRUPT
    }

    private final String topic;
    private final DataInputStream in;
    private final long size;
    private long position;
    private @Nullable Ending ending;

    SegmentReader(String topic, Path file) throws IOException {
        this.topic = topic;
        size = Files.size(file);
        in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
    }

    /** The next entry, or null when there is none; {@link #ending} then says why. */
    @Nullable JournalEntry next() throws IOException {
        if (ending != null) {
            return null;
        }
        long rest = size - position;
        if (rest == 0) {
            return end(Ending.WHOLE);
        }
        if (rest < JournalEntry.HEAD) {
            return end(Ending.TORN);
        }
        int length = in.readInt();
        int crc = in.readInt();
        if (length <= 0 || length > JournalEntry.MAX_BODY) {
            return end(length == 0 && crc == 0 && onlyZeros() ? Ending.TORN : Ending.CORRUPT);
        }
        if (length > rest - JournalEntry.HEAD) {
            return end(Ending.TORN);
        }
        byte[] body = in.readNBytes(length);
        boolean isLast = length == rest - JournalEntry.HEAD;
        if (body.length < length || JournalEntry.crc(body, 0, body.length) != crc) {
            return end(isLast ? Ending.TORN : Ending.CORRUPT);
        }
        JournalEntry entry = JournalEntry.decode(topic, body);
        if (entry == null) {
            return end(Ending.CORRUPT);
        }
        position += JournalEntry.HEAD + length;
        return entry;
    }

    /** A file system may have made room for what it did not come to write. */
    private boolean onlyZeros() throws IOException {
        for (int octet = in.read(); octet >= 0; octet = in.read()) {
            if (octet != 0) {
                return false;
            }
        }
        return true;
    }

    private @Nullable JournalEntry end(Ending why) {
        ending = why;
        return null;
    }

    /** Why {@link #next} was null. */
    Ending ending() {
        return ending == null ? Ending.WHOLE : ending;
    }

    /** Where the sound part ends. */
    long position() {
        return position;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
