package caretaker.alerts;

import caretaker.alerts.delivery.Deliveries;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.Fingerprint;
import caretaker.alerts.routing.NotificationLog;
import caretaker.alerts.state.Board;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * Puts on the bus again what stands for longer than its topics keep a record: alerts that fire and that nobody repeats,
 * and dead letters. Built-in alerts are said again anyway. Little by little, so that nobody waits for it. On the desk's
 * thread, where this instance leads.
 */
final class Upkeep {
    static final Duration EVERY = Duration.ofDays(1);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int ALERTS_AT_ONCE = 500;
    private static final int DEAD_AT_ONCE = 20;

    private final Board board;
    private final Deliveries deliveries;
    private final Consumer<Collection<Alert>> bus;
    private final Queue<Fingerprint> alerts = new ArrayDeque<>();
    private final Queue<NotificationLog.Key> dead = new ArrayDeque<>();
    private Instant beginAt = Instant.MIN;
    private Instant goOnAt = Instant.MIN;

    /** @param bus takes states of alerts */
    Upkeep(Board board, Deliveries deliveries, Consumer<Collection<Alert>> bus) {
        this.board = board;
        this.deliveries = deliveries;
        this.bus = bus;
    }

    /** Another instance does it now; if this one does again, it begins anew. */
    void stop() {
        alerts.clear();
        dead.clear();
        beginAt = Instant.MIN;
    }

    /** Looks for what is old, once a day. */
    void look(Instant now) {
        if (now.isBefore(beginAt)) {
            return;
        }
        beginAt = now.plus(EVERY);
        alerts.clear();
        dead.clear();
        board.alerts().all().stream()
                .filter(alert -> isOld(alert, now))
                .forEach(alert -> alerts.add(alert.fingerprint()));
        dead.addAll(board.allDead().keySet());
    }

    private static boolean isOld(Alert alert, Instant now) {
        return !alert.resolvedAt(now) && alert.updatedAt().isBefore(now.minus(EVERY));
    }

    /** Does the next part. */
    void goOn(Instant now) {
        if ((alerts.isEmpty() && dead.isEmpty()) || now.isBefore(goOnAt)) {
            return;
        }
        goOnAt = now.plus(PAUSE);
        List<Alert> part = new ArrayList<>();
        for (int i = 0; i < ALERTS_AT_ONCE && !alerts.isEmpty(); i++) {
            Optional<Alert> known = board.alerts().get(alerts.remove());
            known.filter(alert -> isOld(alert, now)).ifPresent(part::add);
        }
        if (!part.isEmpty()) {
            bus.accept(part);
        }
        for (int i = 0; i < DEAD_AT_ONCE && !dead.isEmpty(); i++) {
            deliveries.keep(dead.remove(), now);
        }
    }
}
