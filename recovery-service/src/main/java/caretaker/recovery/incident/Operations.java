package caretaker.recovery.incident;

import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Evidence;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.playbook.Playbook;
import caretaker.recovery.playbook.Rung;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Operations as they are reserved. */
public final class Operations {
    /** What the engine may take beyond the time that a container has to stop. */
    static final Duration MARGIN = Duration.ofSeconds(15);

    /** How the old half of a container that is created anew is called until it is removed. */
    public static final String REPLACED = "caretaker-replaced-";

    private static final int SHORT_ID = 12;

    private Operations() {}

    /** What the name of the old half of a container begins with, by the id that it has had. */
    public static String oldHalf(String id) {
        return REPLACED + id.substring(0, Math.min(SHORT_ID, id.length()));
    }

    /** What an attempt is made of. */
    record Step(Rung rung, Action action, Playbook playbook) {}

    /** Reserves one. The id depends on nothing but the incident and the number of the attempt. */
    static Operation reserve(Trouble trouble, Step step, Sighting seen, @Nullable Evidence evidence, Instant now) {
        Duration within = step.rung()
                .within()
                .plus(seen.stopTimeout())
                .plus(MARGIN)
                .plus(step.playbook().stableFor());
        return new Operation(
                trouble.prefix(seen.key()) + "/" + trouble.operations,
                step.action(),
                trouble.operations,
                trouble.askedBy.isEmpty() ? RecoveryEvent.SERVICE : trouble.askedBy,
                now,
                now.plus(within),
                seen.snapshot(),
                false,
                evidence);
    }

    /** The engine's answer is missing. */
    static Operation unsettled(Operation operation) {
        return with(operation, operation.reservedAt(), operation.deadline(), true);
    }

    /** The same one, with as much time from now on as it had. */
    static Operation anew(Operation operation, Instant now) {
        Duration within = Duration.between(operation.reservedAt(), operation.deadline());
        return with(operation, now, now.plus(within), false);
    }

    private static Operation with(Operation operation, Instant reservedAt, Instant deadline, boolean unsettled) {
        return new Operation(
                operation.id(),
                operation.action(),
                operation.attempt(),
                operation.actor(),
                reservedAt,
                deadline,
                operation.before(),
                unsettled,
                operation.evidence());
    }
}
