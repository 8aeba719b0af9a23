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
final class Operations {
    /** What the engine may take beyond the time that a container has to stop. */
    static final Duration MARGIN = Duration.ofSeconds(15);

    private Operations() {}

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

    static Operation unsettled(Operation operation) {
        return new Operation(
                operation.id(),
                operation.action(),
                operation.attempt(),
                operation.actor(),
                operation.reservedAt(),
                operation.deadline(),
                operation.before(),
                true,
                operation.evidence());
    }
}
