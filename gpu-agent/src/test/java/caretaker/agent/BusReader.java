package caretaker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.contracts.Decoded;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEventCodec;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import caretaker.contracts.Topic;
import caretaker.testkit.TestBroker;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What is on the bus, as any reader would see it. A topic that does not exist yet is empty. */
final class BusReader {
    private final TestBroker broker;

    BusReader(TestBroker broker) {
        this.broker = broker;
    }

    /** The readings of a host, oldest first. */
    List<Readings> readings(String host) {
        var codec = new ReadingsCodec();
        return records(Topic.READINGS).stream()
                .map(record -> {
                    var readings = new Readings();
                    if (!(codec.decode(Objects.requireNonNull(record.value()), readings)
                            instanceof ReadingsCodec.Decoded.Known)) {
                        throw new AssertionError("not a record of readings");
                    }
                    return readings;
                })
                .filter(readings -> readings.host().equals(host))
                .toList();
    }

    /** The health events of a host, oldest first. */
    List<HealthEvent> events(String host) {
        var codec = new HealthEventCodec();
        return records(Topic.HEALTH).stream()
                .map(record -> switch (codec.decode(Objects.requireNonNull(record.value()))) {
                    case Decoded.Known(HealthEvent event) -> event;
                    case Decoded.Removed<HealthEvent> _ -> throw new AssertionError("removed");
                    case Decoded.Unknown(String what) -> throw new AssertionError(what);
                    case Decoded.Malformed(String reason) -> throw new AssertionError(reason);
                })
                .filter(event -> event.host().equals(host))
                .toList();
    }

    Set<String> keys(String topic) {
        var keys = new TreeSet<String>();
        broker.readAll(topic).forEach(record -> keys.add(new String(Objects.requireNonNull(record.key()), UTF_8)));
        return keys;
    }

    private List<ConsumerRecord<byte[], byte[]>> records(Topic topic) {
        return broker.topics().contains(topic.fullName()) ? broker.readAll(topic.fullName()) : List.of();
    }
}
