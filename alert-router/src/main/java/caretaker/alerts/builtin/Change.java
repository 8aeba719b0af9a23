package caretaker.alerts.builtin;

import caretaker.contracts.HealthEvent.Severity;
import java.time.Instant;
import java.util.Map;

/** What one event means for the alerts. */
public sealed interface Change {
    /**
     * What is said of a trouble.
     *
     * @param labels besides those that every alert has
     * @param summary one line
     * @param action what to do about it; empty if there is nothing
     */
    record Content(Severity severity, Map<String, String> labels, String summary, String description, String action) {
        public Content {
            labels = Map.copyOf(labels);
        }
    }

    /**
     * It is so, until it is cleared. Said again, it began when it was first said.
     *
     * @param since may be in the future: then it begins when nothing clears it before
     * @param by who says it: an agent's id; empty where it does not matter
     */
    record Raised(Subject subject, Instant since, String by, Content content) implements Change {}

    /** It is over. */
    record Cleared(Subject subject) implements Change {}

    /** It happened and has no duration. It fires for a while after it was last said, or until it is cleared. */
    record Occurred(Subject subject, Instant since, Instant saidAt, Content content) implements Change {}

    /**
     * An agent that remembers nothing has started: what another run raised is over unless this one raises it anew.
     *
     * @param at when it was said, by the broker's clock
     */
    record StartedAfresh(String host, String by, Instant at) implements Change {}
}
