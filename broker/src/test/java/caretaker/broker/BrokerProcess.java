package caretaker.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** A process with a broker that writes numbered records to it, and says on stdout which ones were acknowledged. */
final class BrokerProcess {
    private BrokerProcess() {}

    public static void main(String[] args) throws Exception {
        try (var broker = EmbeddedBroker.start(Path.of(args[0]), 0)) {
            Clients.createTopic(broker.bootstrapServers(), args[1]);
            System.out.println("started");
            try (var producer = new KafkaProducer<>(
                    Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers(), "acks", "all"),
                    new StringSerializer(),
                    new StringSerializer())) {
                for (int i = 0; ; i++) {
                    String number = Integer.toString(i);
                    var _ = producer.send(new ProducerRecord<>(args[1], number, number), (_, failure) -> {
                        if (failure == null) {
                            System.out.println("acked " + number);
                        }
                    });
                    if (i % 50 == 0) {
                        producer.flush();
                        System.out.write("\n".getBytes(UTF_8));
                        System.out.flush();
                    }
                }
            }
        }
    }
}
