package caretaker.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HealthEventCodecTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final HealthEventCodec codec = new HealthEventCodec();

    @Test
    void everyEventSurvivesTheWire() {
        for (long seed = 0; seed < 2000; seed++) {
            HealthEvent event = HealthEvents.random(seed);
            assertThat(codec.decode(codec.encode(event))).as("seed %d", seed).isEqualTo(new Decoded.Known<>(event));
        }
    }

    @Test
    void whatIsTooLongIsCutSoThatTheLargestEventIsStillRead() {
        // Given
        Map<String, String> evidence = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            evidence.put("%03d".formatted(i) + "\u0001".repeat(500), "\u0001".repeat(100_000));
        }
        var event = new HealthEvent(
                "h".repeat(253),
                "a".repeat(253),
                HealthEvent.MAX_SEQUENCE,
                Instant.parse("9999-12-31T23:59:59.999Z"),
                Condition.CONTAINER_RESTART_LOOP,
                HealthEvent.State.OCCURRED,
                HealthEvent.Severity.CRITICAL,
                new HealthEvent.Entity(HealthEvent.Entity.Kind.CONTAINER, "\u0001".repeat(999), "\u0001".repeat(999)),
                "\u0001".repeat(999),
                "x".repeat(HealthEvent.MAX_TEXT - 1) + "\ud83d\ude00", // the last character does not fit
                HealthEvent.Action.RECREATE_CONTAINER,
                evidence,
                true);

        // When
        byte[] bytes = codec.encode(event);

        // Then
        assertThat(bytes.length).isLessThan(HealthEventCodec.MAX_BYTES);
        assertThat(event.evidence()).hasSize(HealthEvent.MAX_EVIDENCE);
        assertThat(event.message()).isEqualTo("x".repeat(HealthEvent.MAX_TEXT - 1));
        assertThat(codec.decode(bytes)).isEqualTo(new Decoded.Known<>(event));
    }

    @ParameterizedTest
    @CsvSource({
        "/type, caretaker.health.v2",
        "/specversion, 2.0",
        "/data/condition, gpu.on-fire",
        "/data/state, suspected",
        "/data/severity, fatal",
        "/data/action, drain-node",
        "/data/action, RESTART_APP",
        "/data/entity/kind, switch",
    })
    void aWordOfANewerWriterIsUnknownAndNotMalformed(String where, String word) throws IOException {
        ObjectNode json = example();
        parent(json, where).put(last(where), word);
        assertThat(decode(json)).isEqualTo(new Decoded.Unknown<>(last(where) + " " + word));
    }

    @Test
    void fieldsOfANewerWriterAreSkipped() throws IOException {
        ObjectNode json = example();
        json.putObject("later").putArray("deep").addArray().add(1);
        ((ObjectNode) json.get("data")).putNull("later");
        ((ObjectNode) json.at("/data/entity")).put("later", 1);
        assertThat(decode(json)).isInstanceOf(Decoded.Known.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "{}",
                "\"x\"",
                "1",
                "true",
                "nul",
                "{",
                "[[[[",
                "{\"type\":",
                "\u0000",
                "\ufeff",
                "{} {}",
                "{\"specversion\":\"1.0\"}",
                "caretaker.health.v1",
                "<xml/>",
                "NaN",
                "{'a':1}",
            })
    void whatIsNoEventIsMalformed(String text) {
        assertThat(codec.decode(text.getBytes(UTF_8))).isInstanceOf(Decoded.Malformed.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/specversion|1.0",
                "/type|1",
                "/type|null",
                "/source|null",
                "/id|1",
                "/id|\"a-1/8\"",
                "/time|0",
                "/time|\"yesterday\"",
                "/time|\"+99999-01-01T00:00:00Z\"",
                "/time|\"1969-12-31T23:59:59Z\"",
                "/data|null",
                "/data|[]",
                "/data|\"\"",
                "/data/host|1",
                "/data/host|\"\"",
                "/data/host|\"a b\"",
                "/data/host|null",
                "/data/agentId|7",
                "/data/agentId|\"\"",
                "/data/sequence|0",
                "/data/sequence|-1",
                "/data/sequence|7.5",
                "/data/sequence|7.0",
                "/data/sequence|\"7\"",
                "/data/sequence|9007199254740992",
                "/data/sequence|99999999999999999999",
                "/data/sequence|1e400",
                "/data/condition|1",
                "/data/state|null",
                "/data/severity|[]",
                "/data/action|{}",
                "/data/entity|null",
                "/data/entity|\"GPU-1\"",
                "/data/entity/id|\"\"",
                "/data/entity/id|1",
                "/data/entity/name|null",
                "/data/code|79",
                "/data/message|null",
                "/data/evidence|[]",
                "/data/evidence|null",
                "/data/evidence|{\"a\":1}",
                "/data/drill|\"true\"",
                "/data/drill|1",
            })
    void aFieldOfTheWrongKindIsMalformed(String where, String value) throws IOException {
        ObjectNode json = example();
        parent(json, where).set(last(where), JSON.readTree(value));
        assertThat(decode(json)).isInstanceOf(Decoded.Malformed.class);
    }

    @Test
    void nothingDeepHugeOrDamagedMakesTheDecoderThrow() {
        assertThat(codec.decode(null)).isInstanceOf(Decoded.Malformed.class);
        assertMalformed("[".repeat(500_000));
        assertMalformed("{\"a\":".repeat(150_000));
        assertMalformed("{\"data\":" + "[".repeat(40) + "]".repeat(40) + "}");
        assertMalformed("{\"a\":" + "9".repeat(5000) + "}");
        assertMalformed(" ".repeat(HealthEventCodec.MAX_BYTES + 1));
        byte[] whole = codec.encode(HealthEvents.random(1));
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = whole.clone();
            for (int flips = random.nextInt(8); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            assertThat(codec.decode(bytes)).isNotNull();
        }
    }

    @Test
    void aReasonIsOneShortLine() throws IOException {
        ObjectNode json = example();
        json.put("type", "a\nb".repeat(100_000));
        var unknown = (Decoded.Unknown<HealthEvent>) decode(json);
        assertThat(unknown.what()).hasSizeLessThan(250).doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"node-1", "rack1/node?3", "a%2Fb", "{x}|\\^`\"<>#", "fe80::1%eth0", "~._-@:"})
    void sourceAndSubjectAreUriReferencesWhateverTheNames(String name) throws IOException {
        // Given
        HealthEvent event = HealthEvents.of(name, "ü \u0000\n" + name);

        // When
        var json = JSON.readTree(codec.encode(event));

        // Then
        URI source = URI.create(json.get("source").textValue());
        assertThat(source.getRawPath())
                .isEqualTo(json.get("source").textValue())
                .matches("/hosts/[^/]+/gpu-agent");
        assertThat(source.getPath()).isEqualTo("/hosts/" + name + "/gpu-agent");
        assertThat(json.get("subject").textValue()).matches("gpu\\.lost/[A-Za-z0-9._~:@%-]+");
    }

    @Test
    void anEventThatNoReaderCouldPlaceIsNotMade() {
        for (String bad : new String[] {"", " ", "a b", "é", "a\n"}) {
            assertThatThrownBy(() -> HealthEvents.of(bad, "GPU-1")).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> HealthEvents.of("node-1", " ")).isInstanceOf(IllegalArgumentException.class);
    }

    private void assertMalformed(String text) {
        assertThat(codec.decode(text.getBytes(UTF_8))).isInstanceOf(Decoded.Malformed.class);
    }

    private Decoded<HealthEvent> decode(ObjectNode json) throws IOException {
        return codec.decode(JSON.writeValueAsBytes(json));
    }

    private ObjectNode example() throws IOException {
        return (ObjectNode) JSON.readTree(codec.encode(HealthEvents.of("node-1", "GPU-1")));
    }

    private static ObjectNode parent(ObjectNode json, String where) {
        return (ObjectNode) json.at(where.substring(0, where.lastIndexOf('/')));
    }

    private static String last(String where) {
        return where.substring(where.lastIndexOf('/') + 1);
    }
}
