package caretaker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.cli.AnsweringService.Ended;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.Decoded;
import caretaker.contracts.MaintenanceLock;
import caretaker.contracts.MaintenanceLockCodec;
import caretaker.contracts.Topic;
import caretaker.testkit.TestBroker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** a person works on containers of several hosts. Against a real broker. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class MaintenanceCommandIT {
    private static final String TOPIC = Topic.MAINTENANCE.fullName();

    private static Ended run(TestBroker broker, String... arguments) {
        return AnsweringService.command(
                Stream.concat(Stream.of(arguments), Stream.of("--bootstrap", broker.bootstrapServers()))
                        .toArray(String[]::new));
    }

    @Test
    void aLockIsWrittenRenewedAndGivenBack() {
        try (var broker = TestBroker.own()) {
            // Given
            var early = run(broker, "recovery", "lock", "research", "--for", "30m", "--by", "anna");
            assertThat(early.exitCode()).as("nobody reads locks there").isEqualTo(5);
            assertThat(early.err()).contains("is a recovery service running?");
            broker.createTopic(TOPIC, 1, Topic.MAINTENANCE.config());

            // When
            var locked = run(
                    broker,
                    "recovery",
                    "lock",
                    "research",
                    "--for",
                    "30m",
                    "--reason",
                    "images",
                    "--by",
                    "anna",
                    "--json");
            run(broker, "recovery", "lock", "research/web", "--host", "node-7", "--for", "1h", "--by", "ben");
            var anothers = run(broker, "recovery", "unlock", "research", "--by", "ben");
            var unlocked = run(broker, "recovery", "unlock", "research", "--by", "anna");

            // Then
            assertThat(locked.exitCode()).isZero();
            assertThat(locked.out())
                    .contains("\"schemaVersion\":1,\"status\":\"locked\"")
                    .contains("\"key\":\"*/research/user:anna\"");
            assertThat(anothers.exitCode()).isEqualTo(5);
            assertThat(anothers.err()).contains("*/research/user:anna").contains("node-7/research/web/user:ben");
            assertThat(unlocked.out()).isEqualTo("research on all hosts is looked after again\n");
            var records = broker.readAll(TOPIC);
            assertThat(records.stream().map(MaintenanceCommandIT::key))
                    .containsExactly("*/research/user:anna", "node-7/research/web/user:ben", "*/research/user:anna");
            assertThat(records.getLast().value()).isNull();
            var first = new MaintenanceLockCodec().decode(records.getFirst().value());
            assertThat(first).isInstanceOfSatisfying(Decoded.Known.class, known -> {
                var lock = (MaintenanceLock) known.event();
                assertThat(lock.reason()).isEqualTo("images");
                assertThat(Duration.between(lock.since(), lock.until())).isEqualTo(Duration.ofMinutes(30));
                var web = new ContainerIdentity("", "research-web-1", "", "research", "web", 1);
                assertThat(lock.holds("node-9", web, lock.since())).isTrue();
            });
        }
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), UTF_8);
    }

    @Test
    void whatIsNoLockIsRefusedBeforeAnythingIsAsked() {
        String nowhere = "127.0.0.1:1";
        for (String containers : new String[] {"../..", "a/b/c/d", "", "a b", "-x"}) {
            var ended = AnsweringService.command(
                    "recovery", "lock", "--for", "1h", "--bootstrap", nowhere, "--", containers);
            assertThat(ended.exitCode()).as(containers).isEqualTo(2);
        }
        var tooLong = AnsweringService.command("recovery", "lock", "web", "--for", "8d", "--bootstrap", nowhere);
        assertThat(tooLong.exitCode()).isEqualTo(2);
        assertThat(tooLong.err()).contains("within 7 days");
        var unreachable = AnsweringService.command(
                "recovery", "lock", "web", "--for", "1h", "--bootstrap", nowhere, "--timeout", "1s", "--json");
        assertThat(unreachable.exitCode()).isEqualTo(8);
        assertThat(unreachable.out()).contains("\"code\":8");
    }
}
