package caretaker.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.Decoded;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryEventCodec;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryHostStateCodec;
import caretaker.contracts.RecoveryState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service, and what others tell on the real bus. */
@Timeout(180)
class ClusterIT {
    @TempDir
    private Path directory;

    private RecoveryHost host;

    @BeforeEach
    void host() {
        host = new RecoveryHost(directory);
    }

    @AfterEach
    void close() {
        host.close();
    }

    private RecoveryService start(String data, String setting, String other) {
        Path config = host.config(data, 0);
        try {
            Files.writeString(config, Files.readString(config).replace(setting, other));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var service = RecoveryService.start(RecoveryServiceConfig.load(config, Map.of()));
        await().atMost(RecoveryHost.LIMIT)
                .until(() -> Http.get(service.port(), "/-/ready").statusCode() == 200);
        return service;
    }

    /** what was begun on too many hosts, some before it started, opens the breaker. */
    @Test
    void repairsOnTooManyHostsOpenTheBreaker() {
        // Given
        other("node-1");
        other("node-2");
        try (var service = start("data", "breaker-floor: 1000", "breaker-floor: 3")) {
            other("node-3");
            other("node-4");
            String read = "caretaker_poll_records_total{loop=\"recovery-state\",outcome=\"done\"";
            await().atMost(RecoveryHost.LIMIT).until(() -> metric(service, read) >= records());

            // When
            String id = host.container("web", RecoveryHost.FAILS_ONCE);

            // Then
            RecoveryEvent opened = host.awaitTold(null, Kind.BREAKER_OPENED);
            assertThat(opened.message()).contains("on too many hosts");
            assertThat(host.starts(id)).isEqualTo(1);
            assertThat(Http.get(service.port(), "/api/v1/host").body())
                    .contains("\"of\":\"hosts\"", "\"repaired\":4", "\"managed\":5");
        }
    }

    /** How much there is to be read of all hosts. */
    private int records() {
        return host.broker.readAll(host.topic("state")).size()
                + host.broker.readAll(host.topic("recoveries")).size();
    }

    private static double metric(RecoveryService service, String beginning) {
        return Http.get(service.port(), "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(beginning))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** A host that begins a repair. */
    private void other(String name) {
        Instant now = Instant.now();
        var state = new RecoveryHostState(name, 1, new RecoveryState.Writer("r-1", 1), now, null, null, Map.of());
        host.broker.send(host.topic("state"), name.getBytes(UTF_8), new RecoveryHostStateCodec().encode(state));
        var identity = new ContainerIdentity("ab".repeat(32), "lab-web-1", "", "lab", "web", 1);
        var event = new RecoveryEvent(
                name + "/i-1/started",
                name,
                now,
                Kind.STARTED,
                Reason.NONE,
                RecoveryEvent.SERVICE,
                "restart begins",
                identity,
                null,
                new RecoveryEvent.Operation(name + "/i-1/1", RecoveryEvent.Action.RESTART, 1),
                null,
                null,
                null,
                null,
                false);
        host.broker.send(host.topic("recoveries"), event.key().getBytes(UTF_8), new RecoveryEventCodec().encode(event));
    }

    /** two names for one engine: whoever sees that the other repairs what is here holds, and a person is told. */
    @Test
    void twoServicesOfOneEngineUnderTwoNamesAreNoticed() {
        // Given
        String id = host.container(
                "shared",
                "if [ -e /tmp/ran ]; then exec sleep 100000; fi; "
                        + "while [ ! -e /tmp/end ]; do sleep 0.1; done; touch /tmp/ran; exit 3");
        try (var _ = start("first", "nothing", "nothing");
                var _ = start("second", "host: " + host.name, "host: twin-of-" + host.name)) {
            // When
            host.docker.docker("exec", id, "touch", "/tmp/end");

            // Then
            await().atMost(RecoveryHost.LIMIT)
                    .until(() -> escalated(host.name) + escalated("twin-of-" + host.name) >= 1);
            assertThat(escalated(host.name)).isLessThanOrEqualTo(1);
            assertThat(escalated("twin-of-" + host.name)).isLessThanOrEqualTo(1);
        }
    }

    private long escalated(String name) {
        var codec = new RecoveryEventCodec();
        return host.broker.readAll(host.topic("recoveries")).stream()
                .filter(record -> name.equals(new String(record.key(), UTF_8))
                        && codec.decode(record.value()) instanceof Decoded.Known<RecoveryEvent>(RecoveryEvent event)
                        && event.kind() == Kind.ESCALATED
                        && event.message().contains("two-services"))
                .count();
    }
}
