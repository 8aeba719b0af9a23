package caretaker.alerts.routing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Knows which alerts are quiet because of others. Fed with every stored alert; not safe for several threads at once.
 *
 * <p>For each source of each rule it keeps all alerts by the values of the {@code equal} labels, so an answer needs no
 * scan over all alerts, and one source that resolves never hides another.
 */
public final class Inhibitor {
    private final List<IndexedRule> rules = new ArrayList<>();

    private record IndexedRule(InhibitRule rule, List<IndexedSource> sources) {}

    private record IndexedSource(InhibitRule.Source source, Map<List<String>, Map<Fingerprint, Alert>> alerts) {

        void put(Alert alert) {
            if (source.matchers().matches(alert.labels())) {
                alerts.computeIfAbsent(source.valuesOf(alert.labels()), values -> new LinkedHashMap<>())
                        .put(alert.fingerprint(), alert);
            }
        }

        void remove(Alert alert) {
            List<String> values = source.valuesOf(alert.labels());
            Map<Fingerprint, Alert> same = alerts.get(values);
            if (same != null && same.remove(alert.fingerprint()) != null && same.isEmpty()) {
                alerts.remove(values);
            }
        }

        /** A firing source for these labels. Where the target is a source too, one that is no target. */
        @Nullable Fingerprint firingFor(LabelSet target, Matchers targets, Instant now) {
            boolean both = source.matchers().matches(target);
            for (Alert alert :
                    alerts.getOrDefault(source.valuesOf(target), Map.of()).values()) {
                if (!alert.resolvedAt(now) && !(both && targets.matches(alert.labels()))) {
                    return alert.fingerprint();
                }
            }
            return null;
        }
    }

    public Inhibitor(List<InhibitRule> rules) {
        for (InhibitRule rule : rules) {
            List<IndexedSource> sources = new ArrayList<>();
            rule.sources().forEach(source -> sources.add(new IndexedSource(source, new HashMap<>())));
            this.rules.add(new IndexedRule(rule, sources));
        }
    }

    /** Takes the newest state of an alert. */
    public void put(Alert alert) {
        for (IndexedRule rule : rules) {
            rule.sources().forEach(source -> source.put(alert));
        }
    }

    /** Forgets an alert that the store dropped. */
    public void remove(Alert alert) {
        for (IndexedRule rule : rules) {
            rule.sources().forEach(source -> source.remove(alert));
        }
    }

    /** One alert because of which these labels are quiet now, if there is one. */
    public Optional<Fingerprint> inhibiting(LabelSet labels, Instant now) {
        for (IndexedRule rule : rules) {
            if (rule.rule().target().matches(labels)) {
                Fingerprint by = firing(rule, labels, now);
                if (by != null) {
                    return Optional.of(by);
                }
            }
        }
        return Optional.empty();
    }

    private static @Nullable Fingerprint firing(IndexedRule rule, LabelSet labels, Instant now) {
        Fingerprint first = null;
        for (IndexedSource source : rule.sources()) {
            Fingerprint found = source.firingFor(labels, rule.rule().target(), now);
            if (found == null) {
                return null;
            }
            first = first == null ? found : first;
        }
        return first;
    }
}
