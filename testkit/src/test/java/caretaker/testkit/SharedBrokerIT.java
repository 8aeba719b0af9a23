package caretaker.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharedBrokerIT {
    @Test
    void anOwnBrokerComesBackOnItsPortWithItsRecords() {
        // Given
        try (var broker = TestBroker.own()) {
            String before = broker.bootstrapServers();
            String topic = broker.newTopic("kept", 1);
            broker.send(topic, null, "value".getBytes(UTF_8));

            // When
            broker.stop();
            broker.start();

            // Then
            assertThat(broker.bootstrapServers()).isEqualTo(before);
            assertThat(broker.readAll(topic)).hasSize(1);
        }
    }

    @Test
    void aWipedBrokerHasForgottenEverything() {
        // Given
        try (var broker = TestBroker.own()) {
            broker.createTopic("gone", 1, Map.of());
            broker.send("gone", null, "value".getBytes(UTF_8));

            // When
            broker.stop();
            broker.wipe();
            broker.start();

            // Then
            broker.createTopic("gone", 1, Map.of());
            assertThat(broker.readAll("gone")).isEmpty();
        }
    }

    @Test
    void topicsOfTheSharedBrokerNeverMeet() {
        // Given
        var broker = TestBroker.shared();

        // When
        String one = broker.newTopic("same", 1);
        String two = broker.newTopic("same", 1);

        // Then
        assertThat(one).isNotEqualTo(two);
        assertThat(TestBroker.shared()).isSameAs(broker);
    }

    @Test
    void aClientThatIsNotOursCanReadIt() {
        // Given
        var broker = TestBroker.shared();
        String topic = broker.newTopic("legible", 1);
        broker.send(topic, "key".getBytes(UTF_8), "value".getBytes(UTF_8));

        // When
        // Then
        try (var kcat = RunningProgram.start(
                Programs.assume("kcat"), "-b", broker.bootstrapServers(), "-C", "-t", topic, "-e", "-q", "-K:")) {
            kcat.awaitLine("key:value", Duration.ofSeconds(60));
        }
    }
}
