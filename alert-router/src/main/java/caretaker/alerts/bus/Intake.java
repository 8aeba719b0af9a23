package caretaker.alerts.bus;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.alerts.routing.Fingerprint;
import caretaker.alerts.state.Board;
import caretaker.alerts.state.Desk;
import caretaker.alerts.state.NotificationKeys;
import caretaker.alerts.state.Translation;
import caretaker.chassis.PollLoop;
import caretaker.chassis.Quarantine;
import caretaker.chassis.Verdict;
import caretaker.contracts.AlertEventCodec;
import caretaker.contracts.Decoded;
import caretaker.contracts.NotificationEventCodec;
import caretaker.contracts.SilenceEventCodec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what is on the router's topics to its board. Owned by the poll loop's thread. */
public final class Intake implements PollLoop.BatchHandler {
    private static final Logger LOGGER = LoggerFactory.getLogger(Intake.class);

    private final Desk desk;
    private final Ledger ledger;
    private final Ledger.Topics topics;
    private final InstantSource clock;
    private final AlertEventCodec alerts = new AlertEventCodec();
    private final SilenceEventCodec silences = new SilenceEventCodec();
    private final NotificationEventCodec notifications = new NotificationEventCodec();

    /** What the ledger itself wrote of alerts is on the board already. */
    public Intake(Desk desk, Ledger ledger, Ledger.Topics topics, InstantSource clock) {
        this.desk = desk;
        this.ledger = ledger;
        this.topics = topics;
        this.clock = clock;
    }

    @Override
    public Verdict handle(
            TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, Quarantine quarantine) {
        List<Consumer<Board>> news = new ArrayList<>(records.size());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            try {
                read(record, quarantine).ifPresent(news::add);
            } catch (IllegalArgumentException e) {
                quarantine.store(record, String.valueOf(e.getMessage()));
            }
        }
        try {
            desk.tell(board -> news.forEach(each -> each.accept(board)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Verdict.done();
    }

    private Optional<Consumer<Board>> read(ConsumerRecord<byte[], byte[]> record, Quarantine quarantine) {
        String key = record.key() == null ? "" : new String(record.key(), UTF_8);
        Instant now = clock.instant();
        if (record.topic().equals(topics.alerts())) {
            if (ledger.isOwn(record)) {
                return Optional.empty();
            }
            return switch (alerts.decode(record.value())) {
                case Decoded.Known(var event) -> {
                    var alert = Translation.alert(event);
                    yield Optional.of(board -> board.heard(alert, now));
                }
                case Decoded.Removed<?> _ -> {
                    var fingerprint = Fingerprint.parse(key);
                    yield Optional.of(board -> board.forget(fingerprint, now)
                            .ifPresent(alert -> ledger.alerts(List.of(alert))
                                    .onFailure(failure -> LOGGER.atWarn()
                                            .addKeyValue("reason", failure.toString())
                                            .log("an alert that fires is not on the bus again"))));
                }
                case Decoded.Unknown(var what) -> bad(record, "of a newer writer: " + what, quarantine);
                case Decoded.Malformed(var reason) -> bad(record, reason, quarantine);
            };
        }
        if (record.topic().equals(topics.silences())) {
            return switch (silences.decode(record.value())) {
                case Decoded.Known(var event) -> {
                    var silence = Translation.silence(event);
                    yield Optional.of(board -> board.silences().put(silence));
                }
                case Decoded.Removed<?> _ ->
                    Optional.of(board -> board.silences().remove(key));
                case Decoded.Unknown(var what) -> bad(record, "of a newer writer: " + what, quarantine);
                case Decoded.Malformed(var reason) -> bad(record, reason, quarantine);
            };
        }
        return switch (notifications.decode(record.value())) {
            case Decoded.Known(var event) ->
                NotificationKeys.of(event).map(found -> board -> board.heard(found, event));
            case Decoded.Removed<?> _ -> NotificationKeys.parse(key).map(found -> board -> board.forget(found));
            case Decoded.Unknown(var what) -> bad(record, "of a newer writer: " + what, quarantine);
            case Decoded.Malformed(var reason) -> bad(record, reason, quarantine);
        };
    }

    private static Optional<Consumer<Board>> bad(
            ConsumerRecord<byte[], byte[]> record, String reason, Quarantine quarantine) {
        quarantine.store(record, reason);
        return Optional.empty();
    }
}
