package caretaker.alerts.receivers;

import caretaker.alerts.routing.Retry.Failure;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How one attempt ended. No text in it holds a secret. */
public sealed interface Outcome {

    /**
     * The receiver took it.
     *
     * @param remember to be given to the group's next notification
     * @param templateError why the message was a plain one instead of what the templates say; null if it was not
     */
    record Delivered(Map<String, String> remember, @Nullable String templateError) implements Outcome {
        public Delivered {
            remember = Map.copyOf(remember);
        }
    }

    /** Another attempt may do better. */
    record Retry(Failure failure) implements Outcome {
        /** What the receiver asked for, null if it said nothing. */
        public @Nullable Duration after() {
            return failure instanceof Failure.Answer answer ? answer.retryAfter() : null;
        }

        public String why() {
            return failure.message();
        }
    }

    /** Another attempt would fail again. */
    record Refused(Failure failure) implements Outcome {
        public String why() {
            return failure.message();
        }
    }

    static Outcome delivered(Rendering rendering) {
        return new Delivered(Map.of(), rendering.error());
    }

    static Outcome ours(String message) {
        return new Refused(new Failure.Ours(message));
    }

    static Outcome failed(Failure failure) {
        return caretaker.alerts.routing.Retry.isRecoverable(failure) ? new Retry(failure) : new Refused(failure);
    }
}
