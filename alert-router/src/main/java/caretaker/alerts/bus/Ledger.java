package caretaker.alerts.bus;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.NotificationLog;
import caretaker.alerts.routing.Silence;
import caretaker.alerts.state.NotificationKeys;
import caretaker.alerts.state.Translation;
import caretaker.chassis.Outbox;
import caretaker.chassis.Outgoing;
import caretaker.contracts.AlertEventCodec;
import caretaker.contracts.NotificationEvent;
import caretaker.contracts.NotificationEventCodec;
import caretaker.contracts.SilenceEventCodec;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Puts the router's state on the bus. A future completes once the broker has what it stands for, and fails if it did
 * not take it in time; then it may still take it later, which does no harm.
 */
public final class Ledger {
    /** Prometheus waits ten seconds for an answer. */
    private static final long LIMIT_SECONDS = 5;

    /** Names of the topics. */
    public record Topics(String alerts, String silences, String notifications) {}

    private static final String WRITER = "caretaker-writer";

    private final Outbox outbox;
    private final Topics topics;
    /** Of this process alone, on its alerts: it need not read again what it knows. */
    private final List<Header> own =
            List.of(new RecordHeader(WRITER, UUID.randomUUID().toString().getBytes(UTF_8)));

    private final AlertEventCodec alerts = new AlertEventCodec();
    private final SilenceEventCodec silences = new SilenceEventCodec();
    private final NotificationEventCodec notifications = new NotificationEventCodec();

    public Ledger(Outbox outbox, Topics topics) {
        this.outbox = outbox;
        this.topics = topics;
    }

    /** Takes as long as the broker is away; what waits that long is still written then. */
    public Future<?> alerts(Collection<Alert> states) {
        List<Future<Void>> sent = new ArrayList<>(states.size());
        for (Alert alert : states) {
            byte[] value = alerts.encode(Translation.event(alert));
            sent.add(outbox.send(new Outgoing(topics.alerts, key(alert), value, own)));
        }
        return Future.join(sent);
    }

    /** Whether this process wrote it, a moment ago. */
    boolean isOwn(ConsumerRecord<byte[], byte[]> record) {
        Header writer = record.headers().lastHeader(WRITER);
        return writer != null && Arrays.equals(writer.value(), own.getFirst().value());
    }

    public Future<?> silences(Collection<Silence> states) {
        List<Future<Void>> sent = new ArrayList<>(states.size());
        for (Silence silence : states) {
            byte[] value = silences.encode(Translation.event(silence));
            sent.add(outbox.send(new Outgoing(topics.silences, silence.id().getBytes(UTF_8), value)));
        }
        return Future.join(sent).timeout(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    public Future<?> intend(NotificationEvent event) {
        return outbox.send(notification(event)).timeout(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Nobody waits for it: an intent without an end is repeated. Whether there was room for it. */
    public boolean record(NotificationEvent event) {
        return outbox.offer(notification(event));
    }

    private Outgoing notification(NotificationEvent event) {
        return new Outgoing(topics.notifications, event.key().getBytes(UTF_8), notifications.encode(event));
    }

    /** Says of each that it is no more. Nobody waits for it: what is left is dropped at the next start. */
    public void forget(
            Collection<Alert> overAlerts, Collection<String> oldSilences, Collection<NotificationLog.Key> oldEntries) {
        overAlerts.forEach(alert -> outbox.offer(topics.alerts, key(alert), null));
        oldSilences.forEach(id -> outbox.offer(topics.silences, id.getBytes(UTF_8), null));
        for (NotificationLog.Key entry : oldEntries) {
            outbox.offer(topics.notifications, NotificationKeys.text(entry).getBytes(UTF_8), null);
        }
    }

    private static byte[] key(Alert alert) {
        return alert.fingerprint().toString().getBytes(UTF_8);
    }
}
