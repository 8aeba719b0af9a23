package caretaker.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The codec of inventories, and a reader that has nothing but the published schema. */
class HostInventoryCodecTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PublishedSchema SCHEMA = PublishedSchema.of("host-inventory.schema.json");
    private final HostInventoryCodec codec = new HostInventoryCodec();

    @Test
    void everyInventorySurvivesTheWireAndIsWhatTheSchemaSays() throws IOException {
        for (long seed = 0; seed < 500; seed++) {
            HostInventory inventory = HostInventories.random(seed);
            byte[] bytes = codec.encode(inventory);
            assertThat(codec.decode(bytes)).as("seed %d", seed).isEqualTo(new Decoded.Known<>(inventory));
            assertThat(problems(bytes))
                    .as("seed %d: %s", seed, new String(bytes, UTF_8))
                    .isEmpty();
            assertThat(undocumented(JSON.readTree(bytes))).isEmpty();
        }
    }

    @Test
    void anInventoryIsReadByTheSchemasFieldNames() throws IOException {
        JsonNode json = JSON.readTree(codec.encode(HostInventories.of("node-1")));
        assertThat(json.get("type").textValue()).isEqualTo("caretaker.inventory.v1");
        assertThat(json.get("source").textValue()).isEqualTo("/hosts/node-1/gpu-agent/inventory");
        assertThat(json.get("id").textValue()).isEqualTo("a-1/7");
        assertThat(json.get("dataschema").textValue()).isEqualTo(SCHEMA.id());
        JsonNode data = json.get("data");
        assertThat(data.get("intervalMillis").longValue()).isEqualTo(60_000);
        assertThat(data.at("/software/driverVersion").textValue()).isEqualTo("580.95.05");
        assertThat(data.at("/gpus/0/uuid").textValue()).isEqualTo("GPU-0");
        assertThat(data.at("/containers/0/project").textValue()).isEqualTo("research");
        assertThat(data.at("/containers/0/addresses/0").textValue()).isEqualTo("172.18.0.5");
        assertThat(data.at("/targets/0/port").intValue()).isEqualTo(8000);
        assertThat(data.at("/targets/0/labels/model").textValue()).isEqualTo("llama-70b");
        assertThat(data.has("omitted")).isFalse();
    }

    @Test
    void whatIsTooMuchIsLeftOutAndCountedSoThatTheLargestInventoryIsStillRead() {
        // Given
        String text = "\u0001".repeat(10_000);
        List<HostInventory.Container> containers = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            containers.add(new HostInventory.Container(
                    "c" + i, text, text, text, text, 1, "running", "", null, List.of(), List.of()));
        }
        HostInventory.Target one = HostInventories.target("node-1", 1);
        HostInventory.Gpu gpu = new HostInventory.Gpu(0, "g".repeat(253), text, text, text, true);
        var inventory = new HostInventory(
                "h".repeat(253),
                "a".repeat(253),
                HealthEvent.MAX_SEQUENCE,
                Instant.parse("9999-12-31T23:59:59.999Z"),
                Duration.ofDays(24),
                "",
                null,
                HostInventory.UNKNOWN,
                Collections.nCopies(300, gpu),
                containers,
                Collections.nCopies(5000, one),
                HostInventory.Omitted.NONE);

        // When
        byte[] bytes = codec.encode(inventory);

        // Then
        assertThat(bytes.length).isLessThanOrEqualTo(HostInventoryCodec.MAX_WRITTEN);
        var read = ((Decoded.Known<HostInventory>) codec.decode(bytes)).event();
        assertThat(read.containers().size() + read.omitted().containers()).isEqualTo(2000);
        assertThat(read.gpus().size() + read.omitted().gpus()).isEqualTo(300);
        assertThat(read.targets().size() + read.omitted().targets()).isEqualTo(5000);
        assertThat(read.targets()).hasSize(HostInventory.MAX_TARGETS);
        assertThat(read.gpus().getFirst().name()).hasSize(HostInventory.MAX_TEXT);
        assertThat(problems(bytes)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/type, caretaker.inventory.v2",
        "/type, caretaker.health.v1",
        "/specversion, 2.0",
        "/data/targets/0/scheme, gopher"
    })
    void aWordOfANewerWriterIsUnknownAndNotMalformed(String where, String word) throws IOException {
        ObjectNode json = example();
        parent(json, where).put(last(where), word);
        assertThat(decode(json)).isEqualTo(new Decoded.Unknown<>(last(where) + " " + word));
    }

    @Test
    void aRecordWithoutValueRemovesTheHost() {
        assertThat(codec.decode(null)).isEqualTo(new Decoded.Removed<>());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "1", "{", "[[[[", "{} {}", "<xml/>", "{\"specversion\":\"1.0\"}"})
    void whatIsNoInventoryIsMalformed(String text) {
        assertThat(codec.decode(text.getBytes(UTF_8))).isInstanceOf(Decoded.Malformed.class);
    }

    /** What one refuses the other refuses: a writer that validates is never dead-lettered. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/id|\"a-1\"|false",
                "/time|\"yesterday\"|false",
                "/data|[]|false",
                "/data/host|\"a b\"|false",
                "/data/agentId|\"\"|false",
                "/data/sequence|0|false",
                "/data/sequence|7.5|false",
                "/data/intervalMillis|0|false",
                "/data/intervalMillis|2073600001|false",
                "/data/intervalMillis|99999999999999999999|false",
                "/data/address|\"user:pass@node-1\"|false",
                "/data/address|\"node-1:80\"|false",
                "/data/address|\"[::1]\"|false",
                "/data/address|\"fe80::1%eth0\"|false",
                "/data/address|\"a b\"|false",
                "/data/address|\"-a\"|false",
                "/data/address|\"a..b\"|false",
                "/data/address|\"a/b\"|false",
                "/data/address|\"node-1\\n\"|false",
                "/data/gpusExpected|-1|false",
                "/data/gpus|{}|false",
                "/data/gpus/0/uuid|\"\"|false",
                "/data/gpus/0/index|-1|false",
                "/data/gpus/0/index|4294967296|false",
                "/data/gpus/0/mig|\"yes\"|false",
                "/data/containers|null|false",
                "/data/containers/0/id|\"\"|false",
                "/data/containers/0/name|null|false",
                "/data/containers/0/state|\"Up 5 minutes\"|false",
                "/data/containers/0/number|-1|false",
                "/data/containers/0/startedAt|\"\"|false",
                "/data/containers/0/addresses|[\"node-2\"]|false",
                "/data/containers/0/addresses|[1]|false",
                "/data/containers/0/gpus|[\"\"]|false",
                "/data/targets/0/kind|\"\"|false",
                "/data/targets/0/kind|\"ML\"|false",
                "/data/targets/0/job|\"a b\"|false",
                "/data/targets/0/job|\"7\"|false",
                "/data/targets/0/address|\"\"|false",
                "/data/targets/0/address|\"node-2:9090\"|false",
                "/data/targets/0/address|\"user:pass@node-2\"|false",
                "/data/targets/0/port|0|false",
                "/data/targets/0/port|65536|false",
                "/data/targets/0/port|\"8000\"|false",
                "/data/targets/0/port|-1|false",
                "/data/targets/0/path|\"\"|false",
                "/data/targets/0/path|\"metrics\"|false",
                "/data/targets/0/path|\"/a/../b\"|false",
                "/data/targets/0/path|\"/..\"|false",
                "/data/targets/0/path|\"//node-2/metrics\"|false",
                "/data/targets/0/path|\"/a?b=c\"|false",
                "/data/targets/0/path|\"/a#b\"|false",
                "/data/targets/0/path|\"/a\\n\"|false",
                "/data/targets/0/scheme|\"HTTP\"|false",
                "/data/targets/0/labels|{\"__address__\":\"node-2\"}|false",
                "/data/targets/0/labels|{\"a\":1}|false",
                "/data/targets/0/labels|[]|false",
                "/data/targets/0/containerId|\" \"|false",
                "/data/omitted|{\"gpus\":-1}|false",
                "/later|{\"a\":[1]}|true",
                "/data/later|null|true",
                "/data/address|\"\"|true",
                "/data/address|\"2001:db8::7\"|true",
                "/data/address|\"node_1.example.org\"|true",
                "/data/address|\"10.0.0.7\"|true",
                "/data/gpus/0/later|1|true",
                "/data/targets/0/kind|\"triton\"|true",
                "/data/targets/0/path|\"/a/...\"|true",
                "/data/targets/0/path|\"/metrics/\"|true",
                "/data/targets/0/containerId|\"\"|true",
                "/data/containers/0/state|\"\"|true",
                "/data/containers/0/state|\"hibernated\"|true",
                "/data/containers/0/addresses|[\"::1\"]|true",
                "/data/omitted|{\"later\":1}|true",
            })
    void schemaAndCodecRefuseTheSame(String where, String value, boolean valid) throws IOException {
        ObjectNode json = example();
        parent(json, where).set(last(where), JSON.readTree(value));
        byte[] bytes = JSON.writeValueAsBytes(json);
        assertThat(problems(bytes).isEmpty()).isEqualTo(valid);
        if (valid) {
            assertThat(codec.decode(bytes)).isInstanceOf(Decoded.Known.class);
        } else {
            assertThat(codec.decode(bytes)).isNotInstanceOf(Decoded.Known.class);
        }
    }

    @Test
    void nothingDeepHugeOrDamagedMakesTheDecoderThrow() {
        for (String text : List.of(
                "[".repeat(500_000),
                "{\"data\":" + "[".repeat(40) + "]".repeat(40) + "}",
                "{\"a\":" + "9".repeat(5000) + "}",
                " ".repeat(HostInventoryCodec.MAX_BYTES + 1))) {
            assertThat(codec.decode(text.getBytes(UTF_8))).isInstanceOf(Decoded.Malformed.class);
        }
        byte[] whole = codec.encode(HostInventories.of("node-1"));
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = whole.clone();
            for (int flips = random.nextInt(8); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            assertThat(codec.decode(bytes)).isNotNull();
        }
    }

    private Decoded<HostInventory> decode(ObjectNode json) throws IOException {
        return codec.decode(JSON.writeValueAsBytes(json));
    }

    private ObjectNode example() throws IOException {
        return (ObjectNode) JSON.readTree(codec.encode(HostInventories.of("node-1")));
    }

    private static ObjectNode parent(ObjectNode json, String where) {
        return (ObjectNode) json.at(where.substring(0, where.lastIndexOf('/')));
    }

    private static String last(String where) {
        return where.substring(where.lastIndexOf('/') + 1);
    }

    static List<String> problems(byte[] inventory) {
        return SCHEMA.problems(inventory);
    }

    /** Fields that the codec writes and the schema does not name. */
    private static List<String> undocumented(JsonNode inventory) throws IOException {
        JsonNode schema = JSON.readTree(
                PublishedTables.FOLDER.resolve("host-inventory.schema.json").toFile());
        List<String> found = new ArrayList<>();
        PublishedSchema.unnamed(inventory, schema.get("properties"), found);
        JsonNode data = inventory.get("data");
        PublishedSchema.unnamed(data, schema.at("/$defs/data/properties"), found);
        PublishedSchema.unnamed(data.path("software"), schema.at("/$defs/data/properties/software/properties"), found);
        PublishedSchema.unnamed(data.path("omitted"), schema.at("/$defs/data/properties/omitted/properties"), found);
        data.get("gpus").forEach(gpu -> PublishedSchema.unnamed(gpu, schema.at("/$defs/gpu/properties"), found));
        data.get("containers")
                .forEach(each -> PublishedSchema.unnamed(each, schema.at("/$defs/container/properties"), found));
        data.get("targets")
                .forEach(target -> PublishedSchema.unnamed(target, schema.at("/$defs/target/properties"), found));
        return found;
    }
}
