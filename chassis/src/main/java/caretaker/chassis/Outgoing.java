package caretaker.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way to the bus. The arrays are not copied: whoever offers them leaves them alone.
 *
 * @param value null is a tombstone, which deletes the key from a compacted topic
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record Outgoing(String topic, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
    public Outgoing {
        headers = List.copyOf(headers);
    }

    public Outgoing(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        this(topic, key, value, List.of());
    }

    /** The same record with one header more. */
    public Outgoing with(String header, String content) {
        Header added = new RecordHeader(header, content.getBytes(UTF_8));
        return new Outgoing(
                topic,
                key,
                value,
                Stream.concat(headers.stream(), Stream.of(added)).toList());
    }

    int size() {
        return (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
    }
}
