package caretaker.agent.health;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Whether one condition of one entity is raised: what is bad for long enough raises it, what is good clears it. */
final class Hysteresis {
    /** What was seen of a condition at one moment. */
    sealed interface Sight {
        /** Nothing was offered that says either: neither raises nor clears, and stops no clock. */
        record Silent() implements Sight {}

        record Good() implements Sight {}

        record Bad(Finding finding) implements Sight {}

        Sight SILENT = new Silent();
        Sight GOOD = new Good();
    }

    private final long raiseAfter;
    private final long clearAfter;
    private @Nullable Finding raised;
    private long otherSince; // when the sights began that speak against what holds now
    private boolean otherSeen;

    Hysteresis(Duration raiseAfter, Duration clearAfter) {
        this.raiseAfter = raiseAfter.toNanos();
        this.clearAfter = clearAfter.toNanos();
    }

    /** Takes a sight. Returns what is raised now, in the words in which it was raised. */
    @Nullable Finding see(Sight sight, long nanos) {
        switch (sight) {
            case Sight.Silent() -> {}
            case Sight.Bad(Finding finding)
            when raised == null -> {
                if (lasts(nanos, raiseAfter)) {
                    raised = finding;
                    otherSeen = false;
                }
            }
            case Sight.Bad(Finding finding) -> {
                otherSeen = false;
                if (raised != null && !raised.code().equals(finding.code())) {
                    raised = null; // another fault of the same kind: it is bad already, so the next sight raises it
                    otherSeen = true;
                    otherSince = nanos - raiseAfter;
                }
            }
            case Sight.Good() when raised == null -> otherSeen = false;
            case Sight.Good() -> {
                if (lasts(nanos, clearAfter)) {
                    raised = null;
                    otherSeen = false;
                }
            }
        }
        return raised;
    }

    private boolean lasts(long nanos, long wanted) {
        if (!otherSeen) {
            otherSeen = true;
            otherSince = nanos;
        }
        return nanos - otherSince >= wanted;
    }

    boolean isRaised() {
        return raised != null;
    }
}
