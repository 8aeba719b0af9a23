package caretaker.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.BackupEvent.State;
import caretaker.contracts.BackupEvent.Work;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events of backups: as they once were written, there and back, and as the schema says. */
class BackupEventTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PublishedSchema SCHEMA = PublishedSchema.of("backup-event.schema.json");
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Instant STARTED = Instant.parse("2026-11-23T04:00:00Z");
    private static final Instant AT = Instant.parse("2026-11-23T04:00:12.500Z");
    private static final String DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static final BackupEvent SUCCEEDED = new BackupEvent(
            "grafana",
            "head-1",
            "01K9Z5T8Q7",
            Work.BACKUP,
            State.SUCCEEDED,
            AT,
            STARTED,
            "manual",
            "20261123T040000Z-01K9Z5T8Q7",
            new BackupEvent.Contents(73_400_320, 9_437_184, 212, DIGEST),
            0,
            List.of(new BackupEvent.Target("local", "")),
            List.of(),
            "",
            "",
            List.of("half the size of the last five"),
            Instant.parse("2026-11-24T04:30:00Z"));

    private final BackupEventCodec codec = new BackupEventCodec();

    @Test
    void whatWasOnceWrittenIsReadAsItWasMeant() throws IOException {
        assertThat(codec.decode(golden("backup-event-v1-succeeded.json"))).isEqualTo(new Decoded.Known<>(SUCCEEDED));
        var failed = new BackupEvent(
                "grafana",
                "head-1",
                "01K9Z5T8Q6",
                Work.BACKUP,
                State.FAILED,
                Instant.parse("2026-11-23T03:00:12.500Z"),
                Instant.parse("2026-11-23T03:00:00Z"),
                "cron",
                "",
                null,
                1500,
                List.of(new BackupEvent.Target("local", "No space left on device"), new BackupEvent.Target("s3", "")),
                List.of(),
                "disk-full",
                "local: No space left on device",
                List.of(),
                null);
        assertThat(codec.decode(golden("backup-event-v1-failed.json"))).isEqualTo(new Decoded.Known<>(failed));
    }

    @Test
    void everyEventSurvivesTheWireAndIsWhatTheSchemaSays() {
        for (long seed = 0; seed < 200; seed++) {
            BackupEvent event = random(new Random(seed));
            byte[] bytes = codec.encode(event);
            assertThat(codec.decode(bytes)).isEqualTo(new Decoded.Known<>(event));
            assertThat(problems(bytes)).as(new String(bytes, UTF_8)).isEmpty();
        }
    }

    @Test
    void anEventAsLargeAsCanBeIsRead() {
        String long4096 = "\u20ac".repeat(BackupEvent.MAX_TEXT);
        var event = event(
                random(new Random(1)),
                List.of(),
                Collections.nCopies(BackupEvent.MAX_PRUNED + 1, "x".repeat(1000)),
                Collections.nCopies(BackupEvent.MAX_WARNINGS + 1, long4096));
        assertThat(event.pruned()).hasSize(BackupEvent.MAX_PRUNED);
        assertThat(codec.decode(codec.encode(event))).isEqualTo(new Decoded.Known<>(event));
    }

    @Test
    void bytesThatAreNoEventAreSaidToBe() {
        assertThat(codec.decode(null)).isInstanceOf(Decoded.Malformed.class);
        assertThat(codec.decode("{".getBytes(UTF_8))).isInstanceOf(Decoded.Malformed.class);
        assertThat(codec.decode(new byte[2 << 20])).isInstanceOf(Decoded.Malformed.class);
        assertThat(codec.decode(new HealthEventCodec().encode(HealthEvents.of("h", "e"))))
                .isInstanceOf(Decoded.Unknown.class);
    }

    /** What one refuses the other refuses: a writer that validates is never dead-lettered. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/data/series|\"a b\"|false",
                "/data/operation|\"\"|false",
                "/data/startedAt|\"yesterday\"|false",
                "/data/pausedMillis|-1|false",
                "/data/contents/sha256|\"E3\"|false",
                "/data/contents/bytes|-1|false",
                "/data/contents/files|0.5|false",
                "/data/targets|{}|false",
                "/data/targets|[{\"error\":\"x\"}]|false",
                "/data/pruned|[1]|false",
                "/data/warnings|\"x\"|false",
                "/data/expectedBy|null|false",
                "/id|\"01K9Z5T8Q7\"|false",
                "/data/work|\"tape-change\"|true",
                "/data/trigger|\"moon\"|true",
                "/data/later|null|true",
                "/data/contents/later|1|true",
            })
    void schemaAndCodecRefuseTheSame(String where, String value, boolean valid) throws IOException {
        ObjectNode json = (ObjectNode) JSON.readTree(codec.encode(SUCCEEDED));
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

    private static BackupEvent random(Random random) {
        Instant started = Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE), random.nextInt(1_000_000_000));
        boolean made = random.nextBoolean();
        return new BackupEvent(
                "series-" + random.nextInt(9),
                "head/" + random.nextInt(9),
                "op-" + Long.toHexString(random.nextLong()),
                one(random, Work.values()),
                one(random, State.values()),
                started.plusMillis(random.nextInt(1_000_000)),
                started,
                random.nextBoolean() ? "cron" : "",
                made ? "b-" + random.nextInt() : "",
                made ? new BackupEvent.Contents(random.nextInt(9), Long.MAX_VALUE, 0, DIGEST) : null,
                random.nextInt(1000),
                List.of(new BackupEvent.Target("\u00fcber", made ? "" : "\ud83d\ude00 \u0000")),
                made ? List.of("a", "b") : List.of(),
                "",
                made ? "" : "no \"space\"",
                List.of(),
                random.nextBoolean() ? started.plusSeconds(random.nextInt(1_000_000)) : null);
    }

    private static <T> T one(Random random, T[] of) {
        return of[random.nextInt(of.length)];
    }

    private static BackupEvent event(
            BackupEvent like, List<BackupEvent.Target> targets, List<String> pruned, List<String> warnings) {
        return new BackupEvent(
                like.series(),
                like.host(),
                like.operation(),
                like.work(),
                like.state(),
                like.time(),
                like.startedAt(),
                like.trigger(),
                like.backup(),
                like.contents(),
                like.pausedMillis(),
                targets,
                pruned,
                like.cause(),
                like.error(),
                warnings,
                like.expectedBy());
    }

    private static List<String> problems(byte[] event) {
        return SCHEMA.problems(event);
    }

    private static byte[] golden(String name) throws IOException {
        byte[] bytes = Files.readAllBytes(GOLDEN.resolve(name));
        assertThat(problems(bytes)).isEmpty();
        return bytes;
    }
}
