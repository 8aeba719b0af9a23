package caretaker.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Holds {@code asyncapi.yaml} to the topics, the codecs and the files it names. */
class AsyncApiTest {
    private static final JsonNode DOCUMENT = document();
    private static final Set<Topic> IN_USE = EnumSet.of(
            Topic.READINGS,
            Topic.HEALTH,
            Topic.INVENTORY,
            Topic.ALERTS,
            Topic.SILENCES,
            Topic.NOTIFICATIONS,
            Topic.RECOVERIES,
            Topic.RECOVERY_STATE,
            Topic.MAINTENANCE,
            Topic.BACKUPS,
            Topic.DEAD_LETTERS);

    @Test
    void everyTopicIsAChannelWithTheSettingsItIsCreatedWith() {
        List<String> addresses = new ArrayList<>();
        DOCUMENT.get("channels")
                .forEach(channel -> addresses.add(channel.at("/address").textValue()));
        assertThat(addresses)
                .containsExactlyElementsOf(
                        Arrays.stream(Topic.values()).map(Topic::fullName).toList());

        for (Topic topic : Topic.values()) {
            JsonNode channel = channel(topic);
            JsonNode kafka = channel.at("/bindings/kafka");
            JsonNode configuration = kafka.get("topicConfiguration");
            List<String> cleanup = new ArrayList<>();
            configuration.get("cleanup.policy").forEach(policy -> cleanup.add(policy.textValue()));
            assertThat(kafka.get("partitions").intValue()).as(topic.name()).isEqualTo(topic.partitions());
            assertThat(String.join(",", cleanup))
                    .as(topic.name())
                    .isEqualTo(topic.cleanup().policy());
            assertThat(Duration.ofMillis(configuration.path("retention.ms").asLong(0)))
                    .as(topic.name())
                    .isEqualTo(topic.retention());
            assertThat(channel.at("/x-key").textValue()).as(topic.name()).isEqualTo(topic.key());
            assertThat(channel.at("/title").textValue()).isNotBlank();
            assertThat(channel.at("/x-writers")).isNotEmpty();
            assertThat(channel.at("/x-readers")).isNotEmpty();
        }
    }

    @Test
    void aTopicHasARecordTypeUnlessItIsPlanned() {
        for (Topic topic : Topic.values()) {
            JsonNode channel = channel(topic);
            boolean inUse = IN_USE.contains(topic);
            assertThat(channel.get("x-status").textValue()).isEqualTo(inUse ? "in use" : "planned");
            assertThat(channel.has("messages")).as(topic.name()).isEqualTo(inUse);
        }
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        List<JsonNode> references = DOCUMENT.findValues("$ref");
        assertThat(references).isNotEmpty();
        for (JsonNode reference : references) {
            String target = reference.textValue();
            if (target.startsWith("#")) {
                assertThat(DOCUMENT.at(target.substring(1)).isMissingNode())
                        .as(target)
                        .isFalse();
            } else {
                assertThat(PublishedTables.FOLDER.resolve(target)).exists();
            }
        }
    }

    @Test
    void theSchemasSayWhatTheCodecsSay() throws IOException {
        JsonNode schema = new ObjectMapper()
                .readTree(PublishedTables.FOLDER
                        .resolve("health-event.schema.json")
                        .toFile());
        assertThat(schema.at("/properties/type/const").textValue()).isEqualTo(HealthEventCodec.TYPE);
        JsonNode data = schema.at("/$defs/data/properties");
        assertThat(words(data.at("/condition/examples")))
                .containsExactlyElementsOf(
                        Arrays.stream(Condition.values()).map(Condition::wire).toList());
        assertThat(words(data.at("/state/enum"))).isEqualTo(words(HealthEvent.State.values()));
        assertThat(words(data.at("/severity/enum"))).isEqualTo(words(HealthEvent.Severity.values()));
        assertThat(words(data.at("/action/examples"))).isEqualTo(words(HealthEvent.Action.values()));
        assertThat(words(data.at("/entity/properties/kind/examples")))
                .isEqualTo(words(HealthEvent.Entity.Kind.values()));
        assertThat(data.at("/sequence/maximum").longValue()).isEqualTo(HealthEvent.MAX_SEQUENCE);
        assertThat(data.at("/message/maxLength").intValue()).isEqualTo(HealthEvent.MAX_TEXT);
        assertThat(data.at("/evidence/maxProperties").intValue()).isEqualTo(HealthEvent.MAX_EVIDENCE);
        assertThat(DOCUMENT.get("defaultContentType").textValue()).isEqualTo("application/cloudevents+json");
    }

    @Test
    void theSchemaOfInventoriesSaysWhatTheirCodecSays() throws IOException {
        JsonNode schema = new ObjectMapper()
                .readTree(PublishedTables.FOLDER
                        .resolve("host-inventory.schema.json")
                        .toFile());
        assertThat(schema.at("/properties/type/const").textValue()).isEqualTo(HostInventoryCodec.TYPE);
        JsonNode data = schema.at("/$defs/data/properties");
        assertThat(data.at("/sequence/maximum").longValue()).isEqualTo(HealthEvent.MAX_SEQUENCE);
        assertThat(data.at("/gpus/maxItems").intValue()).isEqualTo(HostInventory.MAX_GPUS);
        assertThat(data.at("/containers/maxItems").intValue()).isEqualTo(HostInventory.MAX_CONTAINERS);
        assertThat(data.at("/targets/maxItems").intValue()).isEqualTo(HostInventory.MAX_TARGETS);
        assertThat(schema.at("/$defs/text/maxLength").intValue()).isEqualTo(HostInventory.MAX_TEXT);
        JsonNode container = schema.at("/$defs/container/properties");
        assertThat(container.at("/addresses/maxItems").intValue()).isEqualTo(HostInventory.MAX_ADDRESSES);
        assertThat(container.at("/gpus/maxItems").intValue()).isEqualTo(HostInventory.MAX_CONTAINER_GPUS);
        JsonNode target = schema.at("/$defs/target/properties");
        assertThat(words(target.at("/scheme/enum"))).isEqualTo(words(HostInventory.Target.Scheme.values()));
        assertThat(target.at("/labels/maxProperties").intValue()).isEqualTo(HostInventory.MAX_LABELS);
    }

    @Test
    void theSchemaOfBackupsSaysWhatTheirCodecSays() throws IOException {
        JsonNode schema = new ObjectMapper()
                .readTree(PublishedTables.FOLDER
                        .resolve("backup-event.schema.json")
                        .toFile());
        assertThat(schema.at("/properties/type/const").textValue()).isEqualTo(BackupEventCodec.TYPE);
        JsonNode data = schema.at("/$defs/data/properties");
        assertThat(words(data.at("/work/examples"))).isEqualTo(words(BackupEvent.Work.values()));
        assertThat(words(data.at("/state/examples"))).isEqualTo(words(BackupEvent.State.values()));
        assertThat(data.at("/targets/maxItems").intValue()).isEqualTo(BackupEvent.MAX_TARGETS);
        assertThat(data.at("/pruned/maxItems").intValue()).isEqualTo(BackupEvent.MAX_PRUNED);
        assertThat(data.at("/warnings/maxItems").intValue()).isEqualTo(BackupEvent.MAX_WARNINGS);
        assertThat(data.at("/error/maxLength").intValue()).isEqualTo(BackupEvent.MAX_TEXT);
        assertThat(data.at("/cause/maxLength").intValue()).isEqualTo(BackupEvent.MAX_WORD);
    }

    private static JsonNode channel(Topic topic) {
        for (JsonNode channel : DOCUMENT.get("channels")) {
            if (channel.at("/address").textValue().equals(topic.fullName())) {
                return channel;
            }
        }
        throw new AssertionError("no channel for " + topic);
    }

    private static List<String> words(Enum<?>[] constants) {
        return Arrays.stream(constants).map(CloudEventJson::word).toList();
    }

    private static List<String> words(JsonNode array) {
        List<String> words = new ArrayList<>();
        array.forEach(word -> words.add(word.textValue()));
        return words;
    }

    private static JsonNode document() {
        try {
            String yaml = Files.readString(PublishedTables.FOLDER.resolve("asyncapi.yaml"));
            return new ObjectMapper()
                    .valueToTree(new Load(LoadSettings.builder().build()).loadFromString(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
