package caretaker.alerts.routing;

import caretaker.alerts.routing.PostedAlert.Checked;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All alerts that are known, by fingerprint. Not safe for several threads at once.
 *
 * <p>What was accepted is merged here first and put on the bus by the caller, who answers 200 only then.
 */
public final class AlertStore {
    /** A full name is counted again at most this often, so that a flood costs no scan per alert. */
    private static final Duration RECOUNT = Duration.ofSeconds(1);

    private final LabelNames names;
    private final Limits limits;
    private final Budget budget;
    private final Map<Fingerprint, Alert> alerts = new HashMap<>();
    /** Alerts of each name, those included that were resolved since the last count. */
    private final Map<String, Integer> perName = new HashMap<>();

    private final Map<String, Instant> countedAt = new HashMap<>();

    /**
     * How many alerts are held.
     *
     * @param perName firing alerts of one {@code alertname}, 0 for no limit; more are left out
     * @param total alerts of any name, 0 for no limit; more are not taken now
     */
    public record Limits(int perName, int total) {
        public static final Limits NONE = new Limits(0, 0);
    }

    /**
     * What became of a batch.
     *
     * @param stored the merged states, in the order of the batch; the last one counts where an alert is there twice
     * @param refused why each bad alert was refused: the batch is answered 400 if there is one
     * @param limited the names of those that their name's limit kept out, which is no error to the sender
     * @param full those that there was no room for: the sender is to come again
     */
    public record Batch(List<Alert> stored, List<String> refused, List<String> limited, List<PostedAlert> full) {
        /** This with what became of {@link #full} at a second try. */
        public Batch then(Batch second) {
            return new Batch(
                    joined(stored, second.stored),
                    joined(refused, second.refused),
                    joined(limited, second.limited),
                    second.full);
        }

        private static <T> List<T> joined(List<T> some, List<T> others) {
            List<T> all = new ArrayList<>(some);
            all.addAll(others);
            return all;
        }

        /** All reasons in one line, as the API answers them. */
        public String message() {
            return String.join("; ", refused);
        }
    }

    public AlertStore(LabelNames names, Limits limits, Budget budget) {
        this.names = names;
        this.limits = limits;
        this.budget = budget;
    }

    /** Checks and merges a batch. Good alerts are stored even if others are bad. */
    public Batch post(List<PostedAlert> batch, Instant now, Duration resolveTimeout) {
        List<Alert> stored = new ArrayList<>(batch.size());
        List<String> refused = new ArrayList<>();
        List<String> limited = new ArrayList<>();
        List<PostedAlert> full = new ArrayList<>();
        for (PostedAlert posted : batch) {
            switch (posted.check(now, resolveTimeout, names)) {
                case Checked.Refused bad -> refused.add(bad.why());
                case Checked.Accepted good -> {
                    Alert old = alerts.get(good.alert().fingerprint());
                    Alert merged = old == null ? good.alert() : old.merge(good.alert(), now);
                    if (!hasRoom(old, merged)) {
                        full.add(posted);
                    } else if (old == null && isLimited(merged, now)) {
                        limited.add(merged.name());
                    } else {
                        replace(merged);
                        stored.add(merged);
                    }
                }
            }
        }
        return new Batch(stored, refused, limited, full);
    }

    /** Merges one state, from a sender; the result is what is stored now. */
    public Alert put(Alert alert, Instant now) {
        Alert old = alerts.get(alert.fingerprint());
        Alert merged = old == null ? alert : old.merge(alert, now);
        replace(merged);
        return merged;
    }

    /** Stores one state in place of the one that was there. */
    public void replace(Alert alert) {
        Alert old = alerts.put(alert.fingerprint(), alert);
        budget.add(alert.bytes() - (old == null ? 0 : old.bytes()));
        if (old == null) {
            perName.merge(alert.name(), 1, Integer::sum);
        }
    }

    /** What is known already may change, and end, but not grow where there is no room. */
    private boolean hasRoom(@Nullable Alert old, Alert alert) {
        boolean isOneTooMany = old == null && limits.total > 0 && alerts.size() >= limits.total;
        return !isOneTooMany && budget.hasRoom(alert.bytes() - (old == null ? 0 : old.bytes()));
    }

    /** Whether that name has too many for a new one. Resolved ones give way. */
    private boolean isLimited(Alert alert, Instant now) {
        String name = alert.name();
        if (limits.perName == 0 || perName.getOrDefault(name, 0) < limits.perName) {
            return false;
        }
        Instant counted = countedAt.get(name);
        if (counted == null || !now.isBefore(counted.plus(RECOUNT))) {
            countedAt.put(name, now);
            perName.put(
                    name, (int) firing(now).filter(a -> a.name().equals(name)).count());
        }
        return perName.getOrDefault(name, 0) >= limits.perName;
    }

    public Optional<Alert> get(Fingerprint fingerprint) {
        return Optional.ofNullable(alerts.get(fingerprint));
    }

    /** Forgets an alert that somebody else dropped; null if it was not there. */
    public @Nullable Alert remove(Fingerprint fingerprint) {
        Alert removed = alerts.remove(fingerprint);
        if (removed != null) {
            budget.add(-removed.bytes());
            perName.computeIfPresent(removed.name(), (name, count) -> count == 1 ? null : count - 1);
        }
        return removed;
    }

    public List<Alert> all() {
        return List.copyOf(alerts.values());
    }

    /** Those that fire, by fingerprint: what the API shows. */
    public Stream<Alert> firing(Instant now) {
        return alerts.values().stream()
                .filter(alert -> !alert.resolvedAt(now))
                .sorted(Comparator.comparing(Alert::fingerprint));
    }

    public int size() {
        return alerts.size();
    }

    /**
     * Drops those that are over.
     *
     * @param needed whether a group still has to tell somebody of it; such an alert stays
     * @return what was dropped
     */
    public List<Alert> collect(Instant now, Predicate<Fingerprint> needed) {
        List<Alert> dropped = alerts.values().stream()
                .filter(alert -> alert.resolvedAt(now) && !needed.test(alert.fingerprint()))
                .toList();
        for (Alert alert : dropped) {
            alerts.remove(alert.fingerprint());
            budget.add(-alert.bytes());
        }
        perName.clear();
        countedAt.clear();
        alerts.values().forEach(alert -> perName.merge(alert.name(), 1, Integer::sum));
        return dropped;
    }
}
