package caretaker.alerts.delivery;

import caretaker.alerts.delivery.DeliverySettings.Fallback;
import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.Notified;
import caretaker.alerts.routing.Pipeline;
import caretaker.alerts.routing.Pipeline.Step;
import caretaker.alerts.routing.Reason;
import caretaker.alerts.state.Board;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who is told instead of a receiver that cannot be. */
final class Substitutes {
    private final Board board;
    private final Letters letters;
    private final @Nullable Fallback fallback;

    /** @param fallback null if nobody is told instead */
    Substitutes(Board board, Letters letters, @Nullable Fallback fallback) {
        this.board = board;
        this.letters = letters;
        this.fallback = fallback;
    }

    /** Whether a receiver has failed for long enough. */
    boolean isTime(Instant firstAttempt, Instant now) {
        return fallback != null && !now.isBefore(firstAttempt.plus(fallback.after()));
    }

    /** The same to the fallback, as far as it does not know. */
    List<Letter> instead(Letter letter, Instant now) {
        if (fallback == null || letter.key().group().receiver().equals(fallback.receiver())) {
            return List.of();
        }
        return board.config().integrations(fallback.receiver()).stream()
                .map(integration -> letters.instead(letter, integration))
                .filter(other -> !other.alerts().isEmpty() && letters.isStillWanted(other, now))
                .toList();
    }

    /** Who was told instead of a receiver is told of the end, too. */
    List<Step> ends(Pipeline.Plan plan) {
        if (fallback == null) {
            return List.of();
        }
        List<Step> steps = new ArrayList<>();
        for (Integration integration : board.config().integrations(fallback.receiver())) {
            Notified last =
                    board.log().last(letters.key(plan.flush(), integration).group(), integration);
            if (last != null && !last.firing().isEmpty()) {
                board.pipeline()
                        .step(plan.flush(), plan.silenced(), integration, last)
                        .filter(step -> step.reason() == Reason.ALL_RESOLVED)
                        .ifPresent(steps::add);
            }
        }
        return steps;
    }
}
