package caretaker.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a reader could not read: the record as it was, with headers that say where it came from and what was wrong
 * with it. A value too large for the topic is cut. If the broker does not answer in time, the record comes again later,
 * and may then be kept twice.
 */
public final class DeadLetters implements Quarantine {
    /** Below the megabyte that brokers and producers take by default, with room for the headers. */
    private static final int MAX_BYTES = 960 << 10;

    private static final int MAX_ERROR = 512;
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final Outbox outbox;
    private final String topic;
    private final String reader;
    private final int maxBytes;

    /** @param reader who could not read it: the service's name */
    public DeadLetters(Outbox outbox, String topic, String reader) {
        this(outbox, topic, reader, MAX_BYTES);
    }

    /** @param maxBytes what the topic takes of key and value together */
    public DeadLetters(Outbox outbox, String topic, String reader, int maxBytes) {
        this.outbox = outbox;
        this.topic = topic;
        this.reader = reader;
        this.maxBytes = maxBytes;
    }

    @Override
    public void store(ConsumerRecord<byte[], byte[]> record, String reason) {
        try {
            outbox.send(letter(record, reason))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new Unavailable("no dead letter could be written to " + topic, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("interrupted while a dead letter was written to " + topic, e);
        }
    }

    Outgoing letter(ConsumerRecord<byte[], byte[]> record, String reason) {
        List<Header> headers = new ArrayList<>(Arrays.asList(record.headers().toArray()));
        headers.add(header("caretaker-topic", record.topic()));
        headers.add(header("caretaker-partition", Integer.toString(record.partition())));
        headers.add(header("caretaker-offset", Long.toString(record.offset())));
        headers.add(header("caretaker-error", clip(reason)));
        headers.add(header("caretaker-reader", reader));
        byte @Nullable [] key = cut(record.key(), maxBytes / 2, "caretaker-key-bytes", headers);
        int left = maxBytes - (key == null ? 0 : key.length);
        byte @Nullable [] value = cut(record.value(), left, "caretaker-value-bytes", headers);
        return new Outgoing(topic, key, value, headers);
    }

    private static byte @Nullable [] cut(byte @Nullable [] bytes, int limit, String sizeHeader, List<Header> headers) {
        if (bytes == null || bytes.length <= limit) {
            return bytes;
        }
        headers.add(header(sizeHeader, Integer.toString(bytes.length)));
        return Arrays.copyOf(bytes, limit);
    }

    private static String clip(String reason) {
        return reason.length() <= MAX_ERROR ? reason : reason.substring(0, MAX_ERROR - 1) + "…";
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(UTF_8));
    }
}
