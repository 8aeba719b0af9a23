package caretaker.alerts.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An alert as somebody sent it, not checked yet.
 *
 * @param startsAt absent or {@link #ZERO} if not given
 * @param endsAt absent or {@link #ZERO} if not given
 */
public record PostedAlert(
        Map<String, String> labels,
        Map<String, String> annotations,
        @Nullable Instant startsAt,
        @Nullable Instant endsAt,
        String generatorUrl) {
    /** What Go programs send for a time that they don't know. */
    public static final Instant ZERO = Instant.parse("0001-01-01T00:00:00Z");

    /** What became of it. */
    public sealed interface Checked {
        record Accepted(Alert alert) implements Checked {}

        record Refused(String why) implements Checked {}
    }

    /**
     * Fills in what is missing and checks the rest.
     *
     * @param resolveTimeout how long it fires if the sender doesn't say, {@code global.resolve_timeout}
     */
    public Checked check(Instant now, Duration resolveTimeout, LabelNames names) {
        LabelSet kept = LabelSet.of(labels);
        @Nullable Instant start = given(startsAt);
        @Nullable Instant end = given(endsAt);
        if (start == null) {
            start = end == null ? now : end;
        }
        boolean timeout = end == null;
        if (end == null) {
            end = now.plus(resolveTimeout);
        }
        if (start.isAfter(end)) {
            return new Checked.Refused("start time must be before end time");
        }
        if (kept.isEmpty()) {
            return new Checked.Refused("at least one label pair required");
        }
        LabelSet notes = LabelSet.keepingEmpty(annotations);
        for (LabelSet set : List.of(kept, notes)) {
            if (!set.allMatch((name, value) -> names.allow(name) && GoText.isUtf8(value))) {
                return new Checked.Refused(wrong(set, names));
            }
        }
        return new Checked.Accepted(new Alert(kept, notes, start, end, now, generatorUrl, timeout));
    }

    private static @Nullable Instant given(@Nullable Instant time) {
        return ZERO.equals(time) ? null : time;
    }

    private static String wrong(LabelSet set, LabelNames names) {
        for (Map.Entry<String, String> entry : set.asMap().entrySet()) {
            if (!names.allow(entry.getKey())) {
                return "invalid label name " + GoText.quote(entry.getKey());
            }
            if (!GoText.isUtf8(entry.getValue())) {
                return "the value of " + GoText.quote(entry.getKey()) + " is not UTF-8";
            }
        }
        return "";
    }
}
