package caretaker.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * What a segment of a {@link Journal} holds, one after the other: length of the body and its CRC-32C, four bytes each,
 * then the body. Numbers are big-endian.
 */
sealed interface JournalEntry {
    int HEAD = 8;
    /** Longest body; a length beyond it is no length. */
    int MAX_BODY = 16 << 20;

    byte KEPT = 1;
    byte SETTLED = 2;

    /** Counts the records of one journal from 1. */
    long id();

    /** A record that waits for the broker. */
    record Kept(long id, Instant offered, Outgoing record) implements JournalEntry {}

    /** The record of this id needs to be sent no more. */
    record Settled(long id) implements JournalEntry {}

    /** The entry as it stands in a segment, ready to be written. */
    static ByteBuffer encode(JournalEntry entry) {
        ByteBuffer bytes = switch (entry) {
            case Kept kept -> {
                ByteBuffer room = ByteBuffer.allocate(HEAD + bodyLength(kept.record()));
                room.position(HEAD);
                put(room, kept);
                yield room;
            }
            case Settled settled ->
                ByteBuffer.allocate(HEAD + 9).position(HEAD).put(SETTLED).putLong(settled.id());
        };
        bytes.flip();
        bytes.putInt(0, bytes.limit() - HEAD).putInt(4, crc(bytes.array(), HEAD, bytes.limit() - HEAD));
        return bytes;
    }

    /** How long the body of a record is. */
    static int bodyLength(Outgoing record) {
        int length = 1 + 8 + 8 + length(record.key()) + length(record.value()) + 4;
        for (Header header : record.headers()) {
            length += length(header.key().getBytes(UTF_8)) + length(header.value());
        }
        return length;
    }

    private static int length(byte @Nullable [] bytes) {
        return 4 + (bytes == null ? 0 : bytes.length);
    }

    private static void put(ByteBuffer to, Kept kept) {
        Outgoing record = kept.record();
        to.put(KEPT).putLong(kept.id()).putLong(kept.offered().toEpochMilli());
        put(to, record.key());
        put(to, record.value());
        to.putInt(record.headers().size());
        for (Header header : record.headers()) {
            put(to, header.key().getBytes(UTF_8));
            put(to, header.value());
        }
    }

    private static void put(ByteBuffer to, byte @Nullable [] bytes) {
        to.putInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            to.put(bytes);
        }
    }

    /**
     * Reads a body whose CRC was right.
     *
     * @return null if it is none that this version writes
     */
    static @Nullable JournalEntry decode(String topic, byte[] body) {
        ByteBuffer from = ByteBuffer.wrap(body);
        try {
            return switch (from.get()) {
                case KEPT -> kept(topic, from);
                case SETTLED -> new Settled(from.getLong());
                default -> null;
            };
        } catch (BufferUnderflowException | NegativeArraySizeException | IllegalArgumentException e) {
            return null;
        }
    }

    private static Kept kept(String topic, ByteBuffer from) {
        long id = from.getLong();
        Instant offered = Instant.ofEpochMilli(from.getLong());
        byte[] key = bytes(from);
        byte[] value = bytes(from);
        int count = from.getInt();
        List<Header> headers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] name = bytes(from);
            headers.add(new RecordHeader(name == null ? "" : new String(name, UTF_8), bytes(from)));
        }
        return new Kept(id, offered, new Outgoing(topic, key, value, headers));
    }

    private static byte @Nullable [] bytes(ByteBuffer from) {
        int length = from.getInt();
        if (length < 0) {
            return null;
        }
        if (length > from.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }

    static int crc(byte[] bytes, int from, int length) {
        var crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }
}
