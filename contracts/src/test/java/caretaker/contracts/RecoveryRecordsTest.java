package caretaker.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The records of the recovery service: as they once were written, there and back, and as the schemas say. */
class RecoveryRecordsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RecoveryEventCodec events = new RecoveryEventCodec();
    private final RecoveryStateCodec states = new RecoveryStateCodec();
    private final RecoveryHostStateCodec hosts = new RecoveryHostStateCodec();
    private final MaintenanceLockCodec locks = new MaintenanceLockCodec();

    @Test
    void aRecovery() throws IOException {
        same("recovery-event-v1.json", Recoveries.succeeded(), events::encode, events::decode, "recovery-event");
        same(
                "recovery-event-v1-host.json",
                Recoveries.breakerReset(),
                events::encode,
                events::decode,
                "recovery-event");
        assertThat(events.decode(null)).isInstanceOf(Decoded.Malformed.class);
        assertThat(events.decode("{".getBytes(UTF_8))).isInstanceOf(Decoded.Malformed.class);
        assertThat(Recoveries.succeeded().key()).isEqualTo("node-07/research/grafana/1");
        assertThat(Recoveries.breakerReset().key()).isEqualTo("node-07");
        RecoveryEvent grouped = Recoveries.started("brokers");
        assertThat(events.decode(events.encode(grouped))).isEqualTo(new Decoded.Known<>(grouped));
        assertThat(problems("recovery-event", events.encode(grouped))).isEmpty();
    }

    @Test
    void aStateOfAContainerAndOfAHost() throws IOException {
        same("recovery-state-v1.json", Recoveries.verifying(), states::encode, states::decode, "recovery-state");
        same(
                "recovery-state-v1-quarantined.json",
                Recoveries.quarantined(),
                states::encode,
                states::decode,
                "recovery-state");
        same("recovery-host-state-v1.json", Recoveries.host(), hosts::encode, hosts::decode, "recovery-state");
        assertThat(hosts.decode(hosts.encode(Recoveries.ill()))).isEqualTo(new Decoded.Known<>(Recoveries.ill()));
        assertThat(problems("recovery-state", hosts.encode(Recoveries.ill()))).isEmpty();
        assertThat(states.decode(hosts.encode(Recoveries.host()))).isInstanceOf(Decoded.Unknown.class);
        assertThat(hosts.decode(states.encode(Recoveries.verifying()))).isInstanceOf(Decoded.Unknown.class);
        assertThat(states.decode(null)).isEqualTo(new Decoded.Removed<>());
        assertThat(Recoveries.quarantined().key()).isEqualTo("node-07/cadvisor");
    }

    @Test
    void aLock() throws IOException {
        same("maintenance-lock-v1.json", Recoveries.lock(), locks::encode, locks::decode, "maintenance-lock");
        assertThat(locks.decode(null)).isEqualTo(new Decoded.Removed<>());
        assertThat(Recoveries.lock().key()).isEqualTo("node-07/research/grafana/backup-service");
    }

    /** */
    @ParameterizedTest
    @CsvSource({
        "node-07,*,true",
        "*,*,true",
        "node-08,*,false",
        "node-07,research,true",
        "node-07,research/grafana,true",
        "node-07,research/grafana/1,true",
        "node-07,research/grafana/10,false",
        "node-07,research/graf,false",
        "node-07,research-grafana-1,true",
        "node-07,resea,false",
    })
    void aLockHoldsTheContainersThatItNamesUntilItEnds(String host, String containers, boolean holds) {
        var lock = new MaintenanceLock(
                host, containers, "user:anna", "", Recoveries.SINCE, Recoveries.SINCE.plusSeconds(60));
        assertThat(lock.holds("node-07", Recoveries.GRAFANA, Recoveries.SINCE)).isEqualTo(holds);
        assertThat(lock.holds("node-07", Recoveries.GRAFANA, Recoveries.SINCE.plusSeconds(60)))
                .isFalse();
        assertThat(lock.holds("node-07", Recoveries.GRAFANA, Recoveries.SINCE.minusNanos(1)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"--privileged", "../../etc/passwd", "a/b", "'a b'", "''", "ü"})
    void aNameThatLooksLikeAPathOrAnOptionIsNoName(String name) {
        assertThatThrownBy(() -> new ContainerIdentity("", name, "", "", "", 0))
                .isInstanceOf(IllegalArgumentException.class);
        ContainerIdentity outside = ContainerIdentity.of("4f", "good", "", name, "service", 1);
        assertThat(outside.key()).isEqualTo("good");
    }

    @Test
    void theSchemasHaveTheWordsOfTheCode() throws IOException {
        JsonNode event = schemaFile("recovery-event").at("/properties/data/properties");
        assertThat(event.at("/kind/examples")).isEqualTo(words(RecoveryEvent.Kind.values()));
        assertThat(event.at("/reason/examples")).isEqualTo(words(RecoveryEvent.Reason.values()));
        assertThat(event.at("/operation/properties/action/examples")).isEqualTo(words(RecoveryEvent.Action.values()));
        assertThat(event.at("/message/maxLength").intValue()).isEqualTo(RecoveryEvent.MAX_TEXT);
        JsonNode state = schemaFile("recovery-state").at("/properties/data/properties");
        assertThat(state.at("/phase/examples")).isEqualTo(words(RecoveryState.Phase.values()));
        assertThat(state.at("/handled/maxItems").intValue()).isEqualTo(RecoveryState.MAX_HANDLED);
        assertThat(state.at("/attempts/maxItems").intValue()).isEqualTo(RecoveryState.MAX_TIMES);
        assertThat(schemaFile("recovery-event").at("/properties/type/const").textValue())
                .isEqualTo(RecoveryEventCodec.TYPE);
        assertThat(schemaFile("maintenance-lock").at("/properties/type/const").textValue())
                .isEqualTo(MaintenanceLockCodec.TYPE);
    }

    /** What one refuses the other refuses: a writer that validates is never dead-lettered. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/id|\"\"|false",
                "/data/host|\"a b\"|false",
                "/data/kind|7|false",
                "/data/kind|\"later\"|true",
                "/data/reason|\"Too Late\"|false",
                "/data/actor|\"\"|false",
                "/data/container/name|\"-v\"|false",
                "/data/container/number|0|false",
                "/data/container/later|{}|true",
                "/data/incident/severity|\"fatal\"|false",
                "/data/incident/eventIds|[1]|false",
                "/data/operation/attempt|0|false",
                "/data/before/exitCode|\"1\"|false",
                "/data/tookMillis|-1|false",
                "/data/evidence/sha256|\"0F\"|false",
                "/data/dryRun|\"yes\"|false",
                "/later|null|true",
            })
    void schemaAndCodecRefuseTheSame(String where, String value, boolean valid) throws IOException {
        ObjectNode json = (ObjectNode) JSON.readTree(events.encode(Recoveries.succeeded()));
        int slash = where.lastIndexOf('/');
        ((ObjectNode) json.at(where.substring(0, slash))).set(where.substring(slash + 1), JSON.readTree(value));
        byte[] bytes = JSON.writeValueAsBytes(json);
        assertThat(problems("recovery-event", bytes).isEmpty()).isEqualTo(valid);
        if (valid) {
            assertThat(events.decode(bytes)).isNotInstanceOf(Decoded.Malformed.class);
        } else {
            assertThat(events.decode(bytes)).isNotInstanceOf(Decoded.Known.class);
        }
    }

    private static <T> void same(
            String golden, T value, Function<T, byte[]> encode, Function<byte[], Decoded<T>> decode, String schema)
            throws IOException {
        byte[] written = Files.readAllBytes(GOLDEN.resolve(golden));
        assertThat(decode.apply(written)).isEqualTo(new Decoded.Known<>(value));
        assertThat(JSON.readTree(encode.apply(value))).isEqualTo(JSON.readTree(written));
        assertThat(problems(schema, written)).isEmpty();
    }

    private static JsonNode words(Enum<?>[] constants) {
        return JSON.valueToTree(
                Arrays.stream(constants).map(CloudEventJson::word).toList());
    }

    private static JsonNode schemaFile(String name) throws IOException {
        return JSON.readTree(
                PublishedTables.FOLDER.resolve(name + ".schema.json").toFile());
    }

    private static List<String> problems(String name, byte[] event) {
        return PublishedSchema.of(name + ".schema.json").problems(event);
    }
}
