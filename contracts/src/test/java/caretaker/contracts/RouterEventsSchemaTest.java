package caretaker.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A reader of alerts, silences and notifications that has nothing but the published schemas. */
class RouterEventsSchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final int CASES = 200;

    private static String text(SplittableRandom random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            int[] ranges = {0x7f, 0x7ff, 0xd7ff, Character.MAX_CODE_POINT};
            int c = random.nextInt(ranges[random.nextInt(ranges.length)]);
            text.appendCodePoint(c >= 0xd800 && c < 0xe000 ? 'x' : c);
        }
        return text.toString();
    }

    private static Map<String, String> texts(SplittableRandom random, int least) {
        Map<String, String> texts = new TreeMap<>();
        while (texts.size() < least + random.nextInt(3)) {
            texts.put(text(random) + texts.size(), text(random));
        }
        return texts;
    }

    private static Instant time(SplittableRandom random) {
        return Instant.ofEpochSecond(
                random.nextLong(-62_135_596_800L, 253_402_300_800L), random.nextInt(1_000_000_000));
    }

    private static AlertEvent alert(SplittableRandom random) {
        return new AlertEvent(
                "%016x".formatted(random.nextLong()),
                texts(random, 1),
                texts(random, 0),
                time(random),
                time(random),
                time(random),
                text(random),
                random.nextBoolean());
    }

    private static SilenceEvent silence(SplittableRandom random) {
        List<SilenceEvent.Matcher> matchers = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            matchers.add(new SilenceEvent.Matcher(
                    "n" + text(random), text(random), random.nextBoolean(), random.nextBoolean()));
        }
        return new SilenceEvent(
                "s" + random.nextInt(),
                matchers,
                time(random),
                time(random),
                time(random),
                text(random),
                text(random),
                texts(random, 0));
    }

    @Test
    void whatIsWrittenOfAlertsIsWhatTheSchemaSays() throws IOException {
        var codec = new AlertEventCodec();
        for (long seed = 0; seed < CASES; seed++) {
            AlertEvent event = alert(new SplittableRandom(seed));
            byte[] bytes = codec.encode(event);
            valid("alert-event", bytes);
            assertThat(codec.decode(bytes)).as("seed %d", seed).isEqualTo(new Decoded.Known<>(event));
        }
    }

    @Test
    void whatIsWrittenOfSilencesIsWhatTheSchemaSays() throws IOException {
        var codec = new SilenceEventCodec();
        for (long seed = 0; seed < CASES; seed++) {
            SilenceEvent event = silence(new SplittableRandom(seed));
            byte[] bytes = codec.encode(event);
            valid("silence-event", bytes);
            assertThat(codec.decode(bytes)).as("seed %d", seed).isEqualTo(new Decoded.Known<>(event));
        }
    }

    @Test
    void whatOnceWasWrittenIsWhatTheSchemasSay() throws IOException {
        for (String name : List.of("alert-event", "silence-event", "notification-event")) {
            assertThat(problems(name, Files.readAllBytes(GOLDEN.resolve(name + "-v1.json"))))
                    .isEmpty();
        }
        var codec = new NotificationEventCodec();
        for (String name : List.of("notification-event-v1.json", "notification-event-v1-repeated.json")) {
            assertThat(problems("notification-event", Files.readAllBytes(GOLDEN.resolve(name))))
                    .isEmpty();
            if (codec.decode(Files.readAllBytes(GOLDEN.resolve(name)))
                    instanceof Decoded.Known<NotificationEvent>(var event)) {
                valid("notification-event", codec.encode(event));
            } else {
                throw new AssertionError("the golden notification is not read: " + name);
            }
        }
    }

    /** What the schema refuses the codec does not take for known. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/data/fingerprint|\"56D967E608104D88\"|false",
                "/data/fingerprint|7|false",
                "/data/labels|{}|false",
                "/data/labels|{\"a\":1}|false",
                "/data/labels|null|false",
                "/data/startsAt|\"yesterday\"|false",
                "/data/timeout|\"yes\"|false",
                "/data/generatorUrl|7|false",
                "/type|\"caretaker.alert.v2\"|false",
                "/specversion|\"2.0\"|false",
                "/data/later|[1]|true",
                "/later|{}|true",
            })
    void schemaAndCodecRefuseTheSame(String where, String value, boolean isValid) throws IOException {
        ObjectNode json =
                (ObjectNode) JSON.readTree(GOLDEN.resolve("alert-event-v1.json").toFile());
        int slash = where.lastIndexOf('/');
        ((ObjectNode) json.at(where.substring(0, slash))).set(where.substring(slash + 1), JSON.readTree(value));
        byte[] bytes = JSON.writeValueAsBytes(json);
        assertThat(problems("alert-event", bytes).isEmpty()).isEqualTo(isValid);
        assertThat(new AlertEventCodec().decode(bytes) instanceof Decoded.Known).isEqualTo(isValid);
    }

    private static void valid(String name, byte[] bytes) throws IOException {
        assertThat(problems(name, bytes)).as(new String(bytes, UTF_8)).isEmpty();
        JsonNode schema = JSON.readTree(schema(name));
        JsonNode event = JSON.readTree(bytes);
        named(event, schema.get("properties"));
        JsonNode data = schema.at("/properties/data/properties");
        named(event.get("data"), data.isMissingNode() ? schema.at("/$defs/data/properties") : data);
    }

    /** Every field that is written is in the schema. */
    private static void named(JsonNode object, JsonNode properties) {
        object.fieldNames()
                .forEachRemaining(
                        name -> assertThat(properties.has(name)).as(name).isTrue());
    }

    private static List<String> problems(String name, byte[] event) {
        return PublishedSchema.of(name + ".schema.json").problems(event);
    }

    private static String schema(String name) throws IOException {
        return Files.readString(PublishedTables.FOLDER.resolve(name + ".schema.json"));
    }
}
