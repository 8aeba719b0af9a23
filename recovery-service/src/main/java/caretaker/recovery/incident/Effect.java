package caretaker.recovery.incident;

import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryState;
import caretaker.recovery.playbook.Playbook.Probe;
import caretaker.recovery.playbook.Rung;
import java.util.List;

/**
 * What the edge is to do, in this order. Of one {@link #key}: what was told before a state is on the bus before that
 * state is, so that after a crash nothing counts as over of which nobody was told; the state of the host is there
 * after all that was told before it. What is told waits for no state, for it is told once more if the state is lost,
 * under the same id where it is of an incident. A look or an operation begins once all that was to be written before
 * it is on the bus. If one of those fails for good, it is left out and {@link Input.NotWritten} is told.
 */
public sealed interface Effect {
    /** The container that it is about; empty where it is about none. */
    default String key() {
        return switch (this) {
            case Store(RecoveryState state) -> state.container().key();
            case Publish(RecoveryEvent event) -> {
                ContainerIdentity container = event.container();
                yield container == null ? "" : container.key();
            }
            case Look look -> look.container().key();
            case Perform perform -> perform.container().key();
            case Forget forget -> forget.container().key();
            case StoreHost _, Refuse _, Count _, StandDown _ -> "";
        };
    }

    /** Write to {@code caretaker.recovery-state}. */
    record Store(RecoveryState state) implements Effect {}

    /** The same for the host. */
    record StoreHost(RecoveryHostState state) implements Effect {}

    /** Write a record without a value to {@code caretaker.recovery-state}. */
    record Forget(String host, ContainerIdentity container) implements Effect {}

    /** Write to {@code caretaker.recoveries}. */
    record Publish(RecoveryEvent event) implements Effect {}

    /**
     * Look at the container that has this identity's key now, whatever its id, and answer once with
     * {@link Input.Looked} or {@link Input.NotLooked}.
     *
     * @param evidence whether the last lines of the log are read and a bundle is saved, before it is inspected
     * @param incident id of the incident that the bundle is of
     * @param needs keys of the containers that it needs, to be looked at too
     */
    record Look(
            long question,
            ContainerIdentity container,
            Probe probe,
            Rung.Requirement requires,
            boolean evidence,
            String incident,
            List<String> needs)
            implements Effect {}

    /**
     * Change something, and answer once with {@link Input.Performed}. A moment before, the edge asks
     * {@link Recoveries#mayPerform} and inspects once more: another id or another start than {@code before} says is
     * {@link Input.Result.Changed}. What it makes anew has the label {@code caretaker.operation}
     * with the operation's id.
     *
     * @param again whether it was begun before a crash: it may be half done
     */
    record Perform(ContainerIdentity container, RecoveryState.Operation operation, Rung rung, boolean again)
            implements Effect {}

    /** The health event cannot be acted on by anybody: to the dead letters. */
    record Refuse(String eventId, String why) implements Effect {}

    /** Nothing is done and nothing is written: only counted. */
    record Count(Reason reason) implements Effect {}

    /** Another instance has taken over: stop. */
    record StandDown(String why) implements Effect {}
}
