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
import caretaker.contracts.NotificationEvent.Message;
import caretaker.contracts.NotificationEventCodec;
import caretaker.contracts.SilenceEventCodec;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
    /**
     * Of this process alone, on its alerts: it need not read again what it knows, and must not where it has forgotten
     * an alert that was posted anew since.
     */
    private final String id = UUID.randomUUID().toString();

    private final List<Header> own = List.of(new RecordHeader(WRITER, id.getBytes(UTF_8)));

    /** Alerts whose newest state is on its way to the bus, by fingerprint. */
    private final Map<String, Future<Void>> underWay = new ConcurrentHashMap<>();

    private final AlertEventCodec alerts = new AlertEventCodec();
    private final SilenceEventCodec silences = new SilenceEventCodec();
    private final NotificationEventCodec notifications = new NotificationEventCodec();

    public Ledger(Outbox outbox, Topics topics) {
        this.outbox = outbox;
        this.topics = topics;
    }

    /**
     * Takes as long as the broker is away; what waits that long is still written then. To be called in the order in
     * which the states came to be: the bus keeps the last one.
     */
    public Future<?> alerts(Collection<Alert> states) {
        List<Future<Void>> sent = new ArrayList<>(states.size());
        for (Alert alert : states) {
            String fingerprint = alert.fingerprint().toString();
            byte[] value = alerts.encode(Translation.event(alert));
            Future<Void> one = outbox.send(new Outgoing(topics.alerts, fingerprint.getBytes(UTF_8), value, own));
            underWay.put(fingerprint, one);
            one.onComplete(_ -> underWay.remove(fingerprint, one));
            sent.add(one);
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

    /** Puts on the bus what is about to be sent. Completes once the bus has it, and the alerts that it is about. */
    public Future<?> intend(NotificationEvent event) {
        List<Future<Void>> all = new ArrayList<>();
        all.add(outbox.send(notification(event)));
        Message message = event.pending();
        if (message != null && !underWay.isEmpty()) {
            Stream.of(message.firing(), message.resolved())
                    .flatMap(Collection::stream)
                    .map(underWay::get)
                    .filter(Objects::nonNull)
                    .forEach(all::add);
        }
        return Future.join(all).timeout(LIMIT_SECONDS, TimeUnit.SECONDS);
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
        overAlerts.forEach(alert -> outbox.offer(new Outgoing(topics.alerts, key(alert), null).with(WRITER, id)));
        oldSilences.forEach(id -> outbox.offer(topics.silences, id.getBytes(UTF_8), null));
        for (NotificationLog.Key entry : oldEntries) {
            outbox.offer(topics.notifications, NotificationKeys.text(entry).getBytes(UTF_8), null);
        }
    }

    private static byte[] key(Alert alert) {
        return alert.fingerprint().toString().getBytes(UTF_8);
    }
}
