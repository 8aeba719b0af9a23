package caretaker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.contracts.Column;
import caretaker.contracts.Decoded;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEventCodec;
import caretaker.contracts.Part;
import caretaker.contracts.PartColumn;
import caretaker.contracts.PartReading;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import caretaker.contracts.Topic;
import caretaker.contracts.VectorColumn;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Makes one line of one record of the bus: for people, or as JSON. What it can't read it shows as it is. */
final class RecordPrinter {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
    private static final int MAX_RAW = 200;
    private static final double GIB = 1024.0 * 1024 * 1024;

    private final ReadingsCodec readingsCodec = new ReadingsCodec();
    private final HealthEventCodec eventCodec = new HealthEventCodec();
    private final Readings readings = new Readings();
    private final ZoneId zone;

    RecordPrinter(ZoneId zone) {
        this.zone = zone;
    }

    /** For people: time, topic, key and what it says. */
    String line(ConsumerRecord<byte[], byte[]> record) {
        String topic = record.topic().replaceFirst("^caretaker\\.", "");
        return CLOCK.format(Instant.ofEpochMilli(record.timestamp()).atZone(zone)) + "  " + topic + "  "
                + printable(text(record.key())) + "  " + summary(record);
    }

    private String summary(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null) {
            return "(deleted)";
        }
        if (record.topic().equals(Topic.READINGS.fullName())) {
            return switch (readingsCodec.decode(value, readings)) {
                case ReadingsCodec.Decoded.Known() -> summary(readings);
                case ReadingsCodec.Decoded.Newer(long format) -> "(readings of format " + format + ", newer than this)";
                case ReadingsCodec.Decoded.Malformed(String reason) -> "(not readable: " + reason + ")";
            };
        }
        if (record.topic().equals(Topic.DEAD_LETTERS.fullName())) {
            var says = new StringBuilder();
            for (Header header : record.headers()) {
                says.append(header.key().replaceFirst("^caretaker-", ""))
                        .append('=')
                        .append(printable(text(header.value())))
                        .append(' ');
            }
            return says + "(" + value.length + " bytes)";
        }
        if (eventCodec.decode(value) instanceof Decoded.Known(HealthEvent event)) {
            return summary(event);
        }
        String raw = printable(text(value));
        return raw.length() <= MAX_RAW ? raw : raw.substring(0, MAX_RAW) + "...";
    }

    private static String summary(HealthEvent event) {
        return (event.drill() ? "DRILL  " : "") + word(event.severity()) + "  "
                + event.condition().wire() + " " + word(event.state()) + "  "
                + printable(event.entity().name()) + "  " + printable(event.message())
                + (event.action() == HealthEvent.Action.NONE ? "" : "  (" + word(event.action()) + ")");
    }

    private static String summary(Readings readings) {
        var line = new StringBuilder("#").append(readings.sequence());
        for (GpuReading gpu : readings.gpus()) {
            line.append(" | ").append(gpu.index()).append(':');
            if (!gpu.state().answers()) {
                line.append(' ').append(gpu.state().label().toUpperCase(Locale.ROOT));
                continue;
            }
            append(line, gpu, Column.UTILIZATION_PERCENTAGE, 1, "%");
            append(line, gpu, Column.TEMPERATURE_CELSIUS, 1, "C");
            append(line, gpu, Column.POWER_DRAW_MILLIWATTS, 1000, "W");
            append(line, gpu, Column.MEMORY_USED_BYTES, GIB, "GiB");
        }
        return line.toString();
    }

    private static void append(StringBuilder line, GpuReading gpu, Column column, double divisor, String unit) {
        if (gpu.has(column)) {
            line.append(' ').append(Math.round(gpu.get(column) / divisor)).append(unit);
        }
    }

    /** As JSON: where it stood, its key, and the value as an object where it can be read. */
    String json(ConsumerRecord<byte[], byte[]> record) {
        ObjectNode json = JSON.createObjectNode()
                .put("topic", record.topic())
                .put("partition", record.partition())
                .put("offset", record.offset())
                .put("time", Instant.ofEpochMilli(record.timestamp()).toString())
                .put("key", text(record.key()));
        if (record.headers().iterator().hasNext()) {
            ObjectNode headers = json.putObject("headers");
            record.headers().forEach(header -> headers.put(header.key(), text(header.value())));
        }
        byte[] value = record.value();
        if (value == null) {
            json.putNull("value");
        } else if (record.topic().equals(Topic.READINGS.fullName())
                && readingsCodec.decode(value, readings) instanceof ReadingsCodec.Decoded.Known) {
            json.set("value", json(readings));
        } else {
            JsonNode parsed = parse(value);
            if (parsed != null) {
                json.set("value", parsed);
            } else {
                json.put("base64", Base64.getEncoder().encodeToString(value));
            }
        }
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a tree of plain values always serialises", e);
        }
    }

    private static ObjectNode json(Readings readings) {
        ObjectNode json = JSON.createObjectNode()
                .put("host", readings.host())
                .put("time", Instant.ofEpochMilli(readings.timeUnixMillis()).toString())
                .put("interval_ms", readings.intervalMillis())
                .put("agent_id", readings.agentId())
                .put("sequence", readings.sequence());
        var gpus = json.putArray("gpus");
        for (GpuReading gpu : readings.gpus()) {
            ObjectNode node = gpus.addObject()
                    .put("uuid", gpu.uuid())
                    .put("index", gpu.index())
                    .put("state", gpu.state().label());
            for (Column column : Column.values()) {
                if (gpu.has(column)) {
                    node.put(column.fieldName(), gpu.get(column));
                }
            }
            for (VectorColumn column : VectorColumn.values()) {
                if (gpu.vector(column).length > 0) {
                    var values = node.putArray(column.fieldName());
                    Arrays.stream(gpu.vector(column)).forEach(values::add);
                }
            }
            for (Part part : Part.values()) {
                add(node, part, gpu.parts(part));
            }
        }
        add(json, Part.SXID, readings.sxids());
        return json;
    }

    private static void add(ObjectNode to, Part part, List<PartReading> readings) {
        if (readings.isEmpty()) {
            return;
        }
        var array = to.putArray(part.fieldName());
        for (PartReading reading : readings) {
            ObjectNode node = array.addObject();
            for (int i = 0; i < part.identity().size(); i++) {
                node.put(part.identity().get(i), reading.text(i));
            }
            for (PartColumn column : PartColumn.of(part)) {
                if (reading.has(column)) {
                    node.put(column.fieldName(), reading.get(column));
                }
            }
        }
    }

    private static @Nullable JsonNode parse(byte[] value) {
        try {
            JsonNode parsed = JSON.readTree(value);
            return parsed == null || parsed.isMissingNode() ? null : parsed;
        } catch (IOException e) {
            return null;
        }
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "-" : new String(bytes, UTF_8);
    }

    /** What a terminal may be sent: no control characters. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
