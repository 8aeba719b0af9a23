package caretaker.alerts.delivery;

import caretaker.alerts.routing.Fingerprint;
import caretaker.alerts.routing.NotificationLog;
import caretaker.alerts.routing.Notified;
import caretaker.alerts.routing.Reason;
import caretaker.alerts.routing.ReceiverOptions;
import caretaker.alerts.state.Board;
import caretaker.alerts.state.Pending;
import caretaker.alerts.state.Translation;
import caretaker.contracts.NotificationEvent;
import caretaker.contracts.NotificationEvent.Message;
import caretaker.contracts.NotificationEvent.Outcome;
import caretaker.contracts.NotificationEvent.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is put on the bus about letters. */
final class Records {
    private final Board board;
    private final Duration retention;

    /** @param retention the longest that what was told is remembered */
    Records(Board board, Duration retention) {
        this.board = board;
        this.retention = retention;
    }

    /** What is remembered of a letter that was told. */
    Notified notified(Letter letter, Map<String, String> data, Instant now) {
        Pending message = letter.message();
        ReceiverOptions options = board.options(letter.integration().receiver());
        Notified last = board.log().last(letter.key());
        if (last != null && last.isExpired(now)) {
            last = null;
        }
        boolean isSame = last != null
                && message.reason().equals(Reason.REPEAT.text())
                && message.firing().equals(last.firing());
        int repeats = options.backsOff() && last != null && isSame ? last.repeats() + 1 : 0;
        Set<Fingerprint> withheld =
                options.sendResolvedWhenSilenced() && last != null ? withheld(last, message) : Set.of();
        Duration interval = options.sendResolvedWhenSilenced()
                ? retention // a silence may be longer than two repeats
                : options.repeatInterval(letter.repeatInterval(), repeats);
        return Notified.at(now, message.firing(), message.resolved(), interval, retention, data)
                .with(withheld, repeats);
    }

    /** What was told as firing before and is not in this message; no more than the alerts that are known. */
    private Set<Fingerprint> withheld(Notified last, Pending message) {
        return Stream.concat(last.firing().stream(), last.withheld().stream())
                .filter(one -> !message.firing().contains(one))
                .filter(one -> !message.resolved().contains(one))
                .filter(one -> board.alerts().get(one).isPresent())
                .collect(Collectors.toSet());
    }

    /** This is about to be sent. */
    NotificationEvent intent(Letter letter, Instant now) {
        return event(letter.key(), now, letter.nextFlush(), Translation.message(letter.message()), null);
    }

    /** This was told. */
    NotificationEvent delivered(Letter letter, int attempts, Notified notified, Instant now) {
        return event(
                letter.key(),
                now,
                letter.nextFlush(),
                notified,
                null,
                result(letter.message(), attempts, Outcome.DELIVERED, "", now));
    }

    /** Nothing had to be sent. */
    NotificationEvent skipped(Letter letter, Notified notified, Instant now) {
        return event(
                letter.key(),
                now,
                letter.nextFlush(),
                notified,
                null,
                result(letter.message(), 0, Outcome.SKIPPED, "", now));
    }

    /** It ended, and what counts as told is as it was. */
    NotificationEvent ended(Letter letter, int attempts, Outcome outcome, String error, Instant now) {
        return event(
                letter.key(), now, letter.nextFlush(), null, result(letter.message(), attempts, outcome, error, now));
    }

    NotificationEvent cancelled(NotificationLog.Key key, Pending message, int attempts, String why, Instant now) {
        return event(key, now, now, null, result(message, attempts, Outcome.CANCELLED, why, now));
    }

    /** Just what is known. */
    NotificationEvent state(NotificationLog.Key key, Instant now) {
        Instant nextFlush = board.groups().nextFlush(key.group()).orElse(now);
        return event(key, now, nextFlush, null, null);
    }

    private static Result result(Pending message, int attempts, Outcome outcome, String error, Instant now) {
        return new Result(message.id(), message.reason(), message.since(), now, attempts, outcome, error);
    }

    private NotificationEvent event(
            NotificationLog.Key key,
            Instant now,
            Instant nextFlush,
            @Nullable Message pending,
            @Nullable Result result) {
        return event(key, now, nextFlush, board.log().last(key), pending, result);
    }

    private NotificationEvent event(
            NotificationLog.Key key,
            Instant now,
            Instant nextFlush,
            @Nullable Notified sent,
            @Nullable Message pending,
            @Nullable Result result) {
        return new NotificationEvent(
                key.group().key(),
                key.group().receiver(),
                key.kind().word(),
                key.index(),
                now,
                nextFlush,
                sent == null ? null : Translation.sent(sent),
                pending,
                result,
                board.dead(key));
    }
}
