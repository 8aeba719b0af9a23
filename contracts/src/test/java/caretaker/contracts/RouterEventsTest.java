package caretaker.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Alerts, silences and notifications: as they once were written, and there and back. */
class RouterEventsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Instant AT = Instant.parse("2026-11-23T16:00:00.123456789Z");
    private static final Instant START = Instant.parse("2026-11-23T15:00:00Z");
    private static final Instant END = Instant.parse("2026-11-23T16:05:00Z");
    private static final String FINGERPRINT = "56d967e608104d88";

    private static final AlertEvent ALERT = new AlertEvent(
            FINGERPRINT,
            Map.of("alertname", "GpuHot", "node", "n1", "severity", "critical"),
            Map.of("summary", "hot"),
            START,
            END,
            AT,
            "http://p/g",
            true);

    @Test
    void anAlert() throws IOException {
        var codec = new AlertEventCodec();
        assertThat(codec.decode(golden("alert-event-v1.json"))).isEqualTo(new Decoded.Known<>(ALERT));
        assertThat(codec.decode(codec.encode(ALERT))).isEqualTo(new Decoded.Known<>(ALERT));
        assertThat(codec.decode(null)).isEqualTo(new Decoded.Removed<>());
        assertThat(codec.decode("{".getBytes(UTF_8))).isInstanceOf(Decoded.Malformed.class);
        assertThat(codec.decode(new byte[2 << 20])).isInstanceOf(Decoded.Malformed.class);
    }

    @Test
    void aSilence() throws IOException {
        var silence = new SilenceEvent(
                "0a",
                List.of(new SilenceEvent.Matcher("node", "n.*", true, true)),
                START,
                END,
                AT,
                "me",
                "why",
                Map.of());
        var codec = new SilenceEventCodec();
        assertThat(codec.decode(golden("silence-event-v1.json"))).isEqualTo(new Decoded.Known<>(silence));
        assertThat(codec.decode(codec.encode(silence))).isEqualTo(new Decoded.Known<>(silence));
        assertThat(codec.decode(golden("alert-event-v1.json"))).isInstanceOf(Decoded.Unknown.class);
    }

    @Test
    void aNotification() throws IOException {
        var message = new NotificationEvent.Message("n-1", "first notification", AT, Set.of(FINGERPRINT), Set.of());
        var notification = new NotificationEvent(
                "k",
                "all",
                "webhook",
                0,
                AT,
                END,
                new NotificationEvent.Sent(
                        AT, Set.of(FINGERPRINT), Set.of(), Instant.parse("2026-11-24T16:05:00Z"), Map.of()),
                message,
                new NotificationEvent.Result(
                        "n-0", "first notification", START, AT, 3, NotificationEvent.Outcome.FAILED, "503"),
                new NotificationEvent.Dead(message, AT, 3, "503", List.of(ALERT), 1));
        var codec = new NotificationEventCodec();
        assertThat(notification.key()).isEqualTo("k/all/webhook[0]");
        assertThat(codec.decode(golden("notification-event-v1.json"))).isEqualTo(new Decoded.Known<>(notification));
        assertThat(codec.decode(codec.encode(notification))).isEqualTo(new Decoded.Known<>(notification));
    }

    @Test
    void aNotificationThatWasRepeatedAndHasWithheldAlerts() throws IOException {
        var notification = new NotificationEvent(
                "k",
                "all",
                "webhook",
                0,
                AT,
                END,
                new NotificationEvent.Sent(
                        AT,
                        Set.of(FINGERPRINT),
                        Set.of(),
                        Instant.parse("2026-11-24T16:05:00Z"),
                        Map.of(),
                        Set.of("481ce24bbab5f399"),
                        2),
                null,
                new NotificationEvent.Result(
                        "n-0", "first notification", START, AT, 3, NotificationEvent.Outcome.FAILED, "503"),
                null);
        var codec = new NotificationEventCodec();
        assertThat(codec.decode(golden("notification-event-v1-repeated.json")))
                .isEqualTo(new Decoded.Known<>(notification));
        assertThat(codec.decode(codec.encode(notification))).isEqualTo(new Decoded.Known<>(notification));
    }

    private static byte[] golden(String name) throws IOException {
        return Files.readAllBytes(GOLDEN.resolve(name));
    }
}
