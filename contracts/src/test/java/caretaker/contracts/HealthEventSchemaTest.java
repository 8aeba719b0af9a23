package caretaker.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A reader of events that has nothing but the published schema. */
class HealthEventSchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PublishedSchema SCHEMA = PublishedSchema.of("health-event.schema.json");
    private final HealthEventCodec codec = new HealthEventCodec();

    @Test
    void whatTheCodecWritesIsWhatTheSchemaSays() throws IOException {
        for (long seed = 0; seed < 300; seed++) {
            byte[] bytes = codec.encode(HealthEvents.random(seed));
            assertThat(problems(bytes))
                    .as("seed %d: %s", seed, new String(bytes, UTF_8))
                    .isEmpty();
            assertThat(undocumented(JSON.readTree(bytes))).isEmpty();
        }
    }

    @Test
    void anEventIsReadByTheSchemasFieldNames() throws IOException {
        HealthEvent event = HealthEvents.of("node-1", "GPU-1");
        JsonNode json = JSON.readTree(codec.encode(event));
        assertThat(json.get("type").textValue()).isEqualTo("caretaker.health.v1");
        assertThat(json.get("id").textValue()).isEqualTo("a-1/7");
        assertThat(json.get("source").textValue()).isEqualTo("/hosts/node-1/gpu-agent");
        assertThat(json.get("subject").textValue()).isEqualTo("gpu.lost/GPU-1");
        assertThat(json.get("time").textValue()).isEqualTo("2026-10-01T12:00:00.250Z");
        assertThat(json.get("dataschema").textValue()).isEqualTo(SCHEMA.id());
        JsonNode data = json.get("data");
        assertThat(data.get("host").textValue()).isEqualTo("node-1");
        assertThat(data.get("agentId").textValue()).isEqualTo("a-1");
        assertThat(data.get("sequence").longValue()).isEqualTo(7);
        assertThat(data.get("condition").textValue()).isEqualTo("gpu.lost");
        assertThat(data.get("state").textValue()).isEqualTo("raised");
        assertThat(data.get("severity").textValue()).isEqualTo("critical");
        assertThat(data.at("/entity/kind").textValue()).isEqualTo("gpu");
        assertThat(data.at("/entity/id").textValue()).isEqualTo("GPU-1");
        assertThat(data.at("/entity/name").textValue()).isEqualTo("GPU 3");
        assertThat(data.get("code").textValue()).isEqualTo("79");
        assertThat(data.get("action").textValue()).isEqualTo("reboot-node");
        assertThat(data.at("/evidence/lastSeen").textValue()).isEqualTo("2026-10-01T11:59:59Z");
    }

    /** What one refuses the other refuses: a writer that validates is never dead-lettered. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/specversion|\"2.0\"|false",
                "/id|\"a-1/0\"|false",
                "/id|\"a-1\"|false",
                "/time|\"yesterday\"|false",
                "/data/host|\"a b\"|false",
                "/data/host|\"\"|false",
                "/data/sequence|0|false",
                "/data/sequence|7.5|false",
                "/data/sequence|\"7\"|false",
                "/data/state|\"suspected\"|false",
                "/data/entity|null|false",
                "/data/entity/id|\" \"|false",
                "/data/code|79|false",
                "/data/evidence|{\"a\":1}|false",
                "/data/drill|1|false",
                "/data|[]|false",
                "/later|{\"a\":[1]}|true",
                "/data/later|null|true",
                "/data/entity/later|1|true",
                "/data/condition|\"gpu.on-fire\"|true",
                "/data/action|\"drain-node\"|true",
                "/data/drill|true|true",
                "/data/code|\"\"|true",
                "/time|\"2026-10-01T14:00:00+02:00\"|true",
            })
    void schemaAndCodecRefuseTheSame(String where, String value, boolean valid) throws IOException {
        ObjectNode json = (ObjectNode) JSON.readTree(codec.encode(HealthEvents.of("node-1", "GPU-1")));
        int slash = where.lastIndexOf('/');
        ((ObjectNode) json.at(where.substring(0, slash))).set(where.substring(slash + 1), JSON.readTree(value));
        byte[] bytes = JSON.writeValueAsBytes(json);
        assertThat(problems(bytes).isEmpty()).isEqualTo(valid);
        if (valid) {
            assertThat(codec.decode(bytes)).isNotInstanceOf(Decoded.Malformed.class);
        } else {
            assertThat(codec.decode(bytes)).isNotInstanceOf(Decoded.Known.class);
        }
    }

    static List<String> problems(byte[] event) {
        return SCHEMA.problems(event);
    }

    /** Fields that the codec writes and the schema does not name. */
    private static List<String> undocumented(JsonNode event) throws IOException {
        JsonNode schema = JSON.readTree(
                PublishedTables.FOLDER.resolve("health-event.schema.json").toFile());
        List<String> found = new ArrayList<>();
        PublishedSchema.unnamed(event, schema.get("properties"), found);
        PublishedSchema.unnamed(event.get("data"), schema.at("/$defs/data/properties"), found);
        PublishedSchema.unnamed(event.at("/data/entity"), schema.at("/$defs/data/properties/entity/properties"), found);
        return found;
    }
}
