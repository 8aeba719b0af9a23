package caretaker.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.playbook.Rung;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is left of effects that are decided at one go. */
class DeskTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static RecoveryState state(String name, long revision) {
        return new RecoveryState(
                "node-1",
                new ContainerIdentity("", name, "", "", "", 0),
                revision,
                new RecoveryState.Writer("r-1", 1),
                NOW,
                Phase.OK,
                null,
                null,
                null,
                List.of(),
                List.of(),
                null,
                null,
                List.of());
    }

    static Effect store(String name, long revision) {
        return new Effect.Store(state(name, revision));
    }

    private static Effect perform(String name) {
        var before = new RecoveryEvent.Snapshot("ab", "exited", "", 1, false, NOW, 0);
        var operation = new RecoveryState.Operation(
                "i/1", Action.START, 1, RecoveryEvent.SERVICE, NOW, NOW.plusSeconds(60), before, false, null);
        return new Effect.Perform(
                new ContainerIdentity("", name, "", "", "", 0), operation, Rung.of(Action.START), false);
    }

    @Test
    void onlyTheNewestStateOfAContainerIsWritten() {
        var effects = List.of(store("a", 1), store("b", 1), store("a", 2), store("a", 3));

        assertThat(Desk.newest(effects)).containsExactly(store("b", 1), store("a", 3));
    }

    /** the state that says what is about to be done may not be left out. */
    @Test
    void theStateBeforeAnOperationIsAlwaysWritten() {
        var effects = List.of(store("a", 1), store("a", 2), perform("a"), store("a", 3));

        assertThat(Desk.newest(effects)).containsExactly(store("a", 2), perform("a"), store("a", 3));
    }

    @Test
    void anOperationOnAnotherContainerChangesNothing() {
        var effects = List.of(store("a", 1), perform("b"), store("a", 2));

        assertThat(Desk.newest(effects)).containsExactly(perform("b"), store("a", 2));
    }

    @Test
    void whatIsNotAStateStaysInItsPlace() {
        Effect count = new Effect.Count(RecoveryEvent.Reason.STALE);
        var effects = List.of(count, store("a", 1), count, store("a", 2), new Effect.Refuse("e", "why"));

        assertThat(Desk.newest(effects)).containsExactly(count, count, store("a", 2), new Effect.Refuse("e", "why"));
    }
}
