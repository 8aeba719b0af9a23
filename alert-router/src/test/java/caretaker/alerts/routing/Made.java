package caretaker.alerts.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Alerts and times for tests. */
final class Made {
    static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

    private Made() {}

    static Instant at(String duration) {
        return T0.plus(Duration.parse("PT" + duration));
    }

    /** Fires from T0 for an hour. */
    static Alert firing(String... labels) {
        return alert(T0, T0.plus(Duration.ofHours(1)), T0, labels);
    }

    static Alert alert(Instant start, Instant end, Instant updated, String... labels) {
        return new Alert(LabelSet.of(labels), LabelSet.EMPTY, start, end, updated, "", false);
    }

    /** The same alert, over at that time. */
    static Alert resolved(Alert alert, Instant end) {
        return new Alert(alert.labels(), alert.annotations(), alert.startsAt(), end, end, "", false);
    }

    static PostedAlert posted(Map<String, String> labels) {
        return new PostedAlert(labels, Map.of(), null, null, "");
    }

    static Matchers matchers(String text) {
        return new Matchers(MatcherSyntax.FALLBACK.list(text, warning -> {}));
    }
}
