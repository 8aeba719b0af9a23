package caretaker.alerts.routing;

import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong somewhere, or was: the newest state of one alert.
 *
 * @param startsAt since when; never after {@code endsAt}
 * @param endsAt when it ended or, if nobody repeats it, will have ended
 * @param updatedAt when this state was accepted; the younger of two wins
 * @param timeout whether {@code endsAt} is only our guess, since the sender gave none
 */
public record Alert(
        LabelSet labels,
        LabelSet annotations,
        Instant startsAt,
        Instant endsAt,
        Instant updatedAt,
        String generatorUrl,
        boolean timeout) {
    /** By job, then instance, those without them last; then by labels. */
    public static final Comparator<Alert> ORDER = Comparator.<Alert, String>comparing(
                    alert -> alert.labels().get("job"), Alert::absentLast)
            .thenComparing(alert -> alert.labels().get("instance"), Alert::absentLast)
            .thenComparing(Alert::labels);

    private static int absentLast(String a, String b) {
        if (a.isEmpty() || b.isEmpty()) {
            return Boolean.compare(a.isEmpty(), b.isEmpty());
        }
        return GoText.compare(a, b);
    }

    public Fingerprint fingerprint() {
        return labels.fingerprint();
    }

    /** The label {@code alertname}, or the empty string. */
    public String name() {
        return labels.get("alertname");
    }

    /** Roughly what it takes of the memory, with its places in the store, in groups and in what was told. */
    long bytes() {
        return 600 + labels.bytes() + annotations.bytes() + Budget.text(generatorUrl);
    }

    /** Whether it is over at that time; it is at {@code endsAt} itself. */
    public boolean resolvedAt(Instant time) {
        return !endsAt.isAfter(time);
    }

    /**
     * This alert with a newer or older report of itself, whichever order they came in.
     *
     * <p>Reports that don't overlap in time are two alerts: the younger replaces. Else it keeps the earliest start, the
     * younger's annotations and the end that is best known.
     *
     * @param now decides whether a report says that the alert is over
     */
    public Alert merge(Alert other, Instant now) {
        if (updatedAt.isAfter(other.updatedAt)) {
            return other.merge(this, now);
        }
        if (!overlaps(other)) {
            return other;
        }
        Instant start = startsAt.isBefore(other.startsAt) ? startsAt : other.startsAt;
        // Texts that are known already stay: each repetition would else leave new ones in memory for long.
        return new Alert(
                labels.equals(other.labels) ? labels : other.labels,
                annotations.equals(other.annotations) ? annotations : other.annotations,
                start,
                end(other, now),
                other.updatedAt,
                generatorUrl.equals(other.generatorUrl) ? generatorUrl : other.generatorUrl,
                other.timeout);
    }

    private boolean overlaps(Alert younger) {
        boolean endInside = younger.endsAt.isAfter(startsAt) && younger.endsAt.isBefore(endsAt);
        boolean startInside = younger.startsAt.isAfter(startsAt) && younger.startsAt.isBefore(endsAt);
        return endInside || startInside;
    }

    private Instant end(Alert younger, Instant now) {
        if (younger.resolvedAt(now)) {
            return resolvedAt(now) && endsAt.isAfter(younger.endsAt) ? endsAt : younger.endsAt;
        }
        return endsAt.isAfter(younger.endsAt) && !timeout ? endsAt : younger.endsAt;
    }

    /** The end, if it is over at that time; while it fires there is none. */
    public @Nullable Instant endedBy(Instant time) {
        return resolvedAt(time) ? endsAt : null;
    }
}
