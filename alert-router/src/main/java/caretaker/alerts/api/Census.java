package caretaker.alerts.api;

import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.Silence.State;
import caretaker.alerts.state.Desk;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many alerts and silences are in which state, as metrics. Counting takes the board's thread too long for a scrape
 * to wait, so that a scrape shows the last count, and has the next one made.
 */
public final class Census {
    private static final Logger LOGGER = LoggerFactory.getLogger(Census.class);

    /** Alerts that the board looks at in one go. */
    private static final int PART = 500;

    private final Desk desk;
    private final AtomicBoolean wanted = new AtomicBoolean(true);
    private final AtomicBoolean counting = new AtomicBoolean();
    private volatile Counts counts = new Counts(0, 0, Map.of());

    private record Counts(int active, int suppressed, Map<State, Integer> silences) {}

    public Census(Desk desk, MeterRegistry registry) {
        this.desk = desk;
        String alerts = "alertmanager.alerts";
        String many = "How many alerts by state";
        gauge(alerts, many, "active", () -> counts.active, registry);
        gauge(alerts, many, "suppressed", () -> counts.suppressed, registry);
        gauge(alerts, many, "unprocessed", () -> 0, registry);
        for (State state : State.values()) {
            String word = state.name().toLowerCase(Locale.ROOT);
            gauge(
                    "alertmanager.silences",
                    "How many silences by state",
                    word,
                    () -> counts.silences.getOrDefault(state, 0),
                    registry);
        }
    }

    private void gauge(String name, String description, String state, DoubleSupplier value, MeterRegistry registry) {
        Gauge.builder(name, this, census -> {
                    census.wanted.set(true);
                    return value.getAsDouble();
                })
                .description(description)
                .tag("state", state)
                .strongReference(true)
                .register(registry);
    }

    /** Counts if anybody has looked since the last time. For a thread that may wait; a second one returns at once. */
    public void count() {
        if (!wanted.get() || !counting.compareAndSet(false, true)) {
            return;
        }
        wanted.set(false);
        try {
            counts = counted();
        } catch (CompletionException e) {
            LOGGER.atDebug()
                    .addKeyValue("reason", String.valueOf(e.getMessage()))
                    .log("no time to count");
            wanted.set(true);
        } finally {
            counting.set(false);
        }
    }

    private Counts counted() {
        Map<State, Integer> silences = desk.ask((board, now) -> {
                    Map<State, Integer> found = new EnumMap<>(State.class);
                    board.silences()
                            .list(List.of(), now)
                            .forEach(silence -> found.merge(silence.stateAt(now), 1, Integer::sum));
                    return found;
                })
                .join();
        List<Alert> all = desk.ask((board, _) -> board.alerts().all()).join();
        int active = 0;
        int suppressed = 0;
        for (int i = 0; i < all.size(); i += PART) {
            List<Alert> part = all.subList(i, Math.min(i + PART, all.size()));
            int[] found = desk.ask((board, now) -> {
                        int[] both = new int[2];
                        for (Alert alert : part) {
                            if (!alert.resolvedAt(now)) {
                                both[board.view(alert, now).isActive() ? 0 : 1]++;
                            }
                        }
                        return both;
                    })
                    .join();
            active += found[0];
            suppressed += found[1];
        }
        return new Counts(active, suppressed, silences);
    }
}
