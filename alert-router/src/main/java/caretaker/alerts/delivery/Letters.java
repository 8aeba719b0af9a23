package caretaker.alerts.delivery;

import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.Fingerprint;
import caretaker.alerts.routing.Flush;
import caretaker.alerts.routing.GroupId;
import caretaker.alerts.routing.Groups;
import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.LabelSet;
import caretaker.alerts.routing.NotificationLog;
import caretaker.alerts.routing.Notified;
import caretaker.alerts.routing.Pipeline.Step;
import caretaker.alerts.routing.Reason;
import caretaker.alerts.routing.Route;
import caretaker.alerts.state.Board;
import caretaker.alerts.state.Pending;
import caretaker.alerts.state.Translation;
import caretaker.contracts.NotificationEvent.Dead;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes letters: of a flush, and of what is known of one that was written before. */
final class Letters {
    private final Board board;
    private final RandomGenerator random;

    /** @param random makes ids */
    Letters(Board board, RandomGenerator random) {
        this.board = board;
        this.random = random;
    }

    /** Of the group, and of the receiver that the integration belongs to, which may be the fallback. */
    NotificationLog.Key key(Flush flush, Integration integration) {
        return NotificationLog.Key.of(new GroupId(flush.id().key(), integration.receiver()), integration);
    }

    Optional<Integration> integration(NotificationLog.Key key) {
        return board.config().integrations(key.group().receiver()).stream()
                .filter(each -> each.kind() == key.kind() && each.index() == key.index())
                .findFirst();
    }

    Letter of(Flush flush, NotificationLog.Key key, Step step) {
        Route.Options options = flush.route().options();
        return new Letter(
                key,
                step.integration(),
                new Pending(id(), step.reason().text(), flush.tick(), step.firing(), step.resolved()),
                flush.groupLabels(),
                options.labels(),
                options.repeatInterval(),
                step instanceof Step.Send send ? send.alerts() : List.of(),
                flush.tick().plus(options.groupInterval()));
    }

    /** The same, to somebody else. */
    Letter instead(Letter letter, Integration integration) {
        Pending message = letter.message();
        List<Alert> alerts = letter.alerts().stream()
                .filter(alert -> integration.sendResolved() || letter.isFiring(alert))
                .toList();
        return new Letter(
                NotificationLog.Key.of(new GroupId(letter.key().group().key(), integration.receiver()), integration),
                integration,
                new Pending(id(), message.reason(), message.since(), message.firing(), message.resolved()),
                letter.groupLabels(),
                letter.routeLabels(),
                letter.repeatInterval(),
                alerts,
                letter.nextFlush());
    }

    /** Whether it is a dead letter that somebody asked to send again. */
    boolean isDead(NotificationLog.Key key, Pending message) {
        Dead dead = board.dead(key);
        return dead != null && dead.message().id().equals(message.id());
    }

    /** One that was written before, with the alerts as they are known now; empty if nobody is to be told any more. */
    Optional<Letter> again(NotificationLog.Key key, Pending message, Groups.@Nullable About group) {
        Dead dead = board.dead(key);
        if (dead != null && isDead(key, message)) {
            return again(key, dead);
        }
        List<Alert> alerts = new ArrayList<>();
        Optional<Integration> integration = integration(key);
        boolean tellsEnds = integration.map(Integration::sendResolved).orElse(false);
        for (Fingerprint fingerprint : message.firing()) {
            board.alerts().get(fingerprint).ifPresent(alerts::add);
        }
        for (Fingerprint fingerprint : tellsEnds ? message.resolved() : List.<Fingerprint>of()) {
            board.alerts().get(fingerprint).ifPresent(alerts::add);
        }
        if (integration.isEmpty() || alerts.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Letter(
                key,
                integration.get(),
                message,
                group == null ? common(alerts) : group.labels(),
                group == null ? Map.of() : group.options().labels(),
                group == null ? Route.REPEAT_INTERVAL : group.options().repeatInterval(),
                sorted(alerts),
                message.since()));
    }

    /**
     * A dead letter, with its alerts as they were, or as they are where it had no room for them; empty if none is
     * known, or there is no such integration any more.
     */
    Optional<Letter> again(NotificationLog.Key key, Dead dead) {
        Map<Fingerprint, Alert> known = new HashMap<>();
        dead.alerts().stream().map(Translation::alert).forEach(alert -> known.put(alert.fingerprint(), alert));
        Pending message = Translation.pending(dead.message());
        for (Fingerprint fingerprint : message.firing()) {
            board.alerts().get(fingerprint).ifPresent(alert -> known.putIfAbsent(fingerprint, alert));
        }
        List<Alert> alerts = List.copyOf(known.values());
        return integration(key)
                .filter(_ -> !alerts.isEmpty())
                .map(integration -> new Letter(
                        key,
                        integration,
                        message,
                        common(alerts),
                        Map.of(),
                        Route.REPEAT_INTERVAL,
                        sorted(alerts),
                        dead.at()));
    }

    /** Whether nobody was told of it meanwhile. */
    boolean isStillWanted(Letter letter, Instant now) {
        Notified last = board.log().last(letter.key());
        return Reason.toNotify(
                        last,
                        letter.message().firing(),
                        letter.message().resolved(),
                        letter.integration().sendResolved(),
                        board.options(letter.integration().receiver()).repeatInterval(letter.repeatInterval(), last),
                        now)
                .isPresent();
    }

    private static List<Alert> sorted(List<Alert> alerts) {
        return alerts.stream().sorted(Alert.ORDER).toList();
    }

    private static LabelSet common(List<Alert> alerts) {
        Map<String, String> common = new TreeMap<>(
                alerts.isEmpty() ? Map.of() : alerts.getFirst().labels().asMap());
        alerts.forEach(
                alert -> common.entrySet().retainAll(alert.labels().asMap().entrySet()));
        return LabelSet.of(common);
    }

    private String id() {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }
}
