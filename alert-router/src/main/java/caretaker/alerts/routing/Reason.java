package caretaker.alerts.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Why a group is notified. */
public enum Reason {
    FIRST("first notification"),
    NEW_ALERTS("new alerts added"),
    ALL_RESOLVED("all alerts resolved"),
    SOME_RESOLVED("some alerts resolved"),
    REPEAT("repeat interval elapsed");

    private final String text;

    Reason(String text) {
        this.text = text;
    }

    /** As Alertmanager puts it into a webhook's {@code notification_reason}. */
    public String text() {
        return text;
    }

    /** Reads {@link #text}; {@link #FIRST} if it is none of them. */
    public static Reason of(String text) {
        return Stream.of(values())
                .filter(each -> each.text.equals(text))
                .findFirst()
                .orElse(FIRST);
    }

    /**
     * Whether an integration has something to be told.
     *
     * @param last what it was told, null if nothing or forgotten
     * @param repeatInterval how long after that it is repeated
     * @param tick the flush's time
     */
    public static Optional<Reason> toNotify(
            @Nullable Notified last,
            Set<Fingerprint> firing,
            Set<Fingerprint> resolved,
            boolean sendResolved,
            Duration repeatInterval,
            Instant tick) {
        if (last == null || last.isExpired(tick)) {
            return firing.isEmpty() ? Optional.empty() : Optional.of(FIRST);
        }
        if (!last.firing().containsAll(firing)) {
            return Optional.of(last.firing().isEmpty() ? FIRST : NEW_ALERTS);
        }
        if (firing.isEmpty()) {
            boolean isKnown = last.firing().isEmpty() && Collections.disjoint(last.withheld(), resolved);
            return isKnown ? Optional.empty() : Optional.of(ALL_RESOLVED);
        }
        if (sendResolved && !last.resolved().containsAll(resolved)) {
            return Optional.of(SOME_RESOLVED);
        }
        return last.at().isBefore(tick.minus(repeatInterval)) ? Optional.of(REPEAT) : Optional.empty();
    }
}
