package caretaker.recovery.playbook;

import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import caretaker.contracts.RecoveryEvent.Action;
import java.time.Duration;
import java.util.List;

/**
 * One step of a ladder.
 *
 * @param action what is done
 * @param approval whether a person must ask for it each time
 * @param requires what must hold besides
 * @param port of the container, for {@code reload}
 * @param path of the request that makes it reload, a POST without a body
 * @param command for {@code exec}: the program and its arguments; no shell
 * @param within until when its effect must show, without the time that is needed to prove it
 */
public record Rung(
        Action action,
        @Default("false") boolean approval,
        @Default("nothing") Requirement requires,

        @Default("0") @Range(min = "0", max = "65535") int port,

        @Default("") String path,
        List<String> command,

        @Default("2m") @Range(min = "1s", max = "1h") Duration within) {

    /** What an edge must look at before a step. */
    public enum Requirement {
        NOTHING,
        /** Every partition of the broker has enough replicas in sync without it. */
        IN_SYNC_REPLICAS
    }

    public Rung {
        if (action == Action.RELOAD && (port == 0 || !path.startsWith("/"))) {
            throw new IllegalArgumentException("reload needs a port and a path that begins with /");
        }
        if (action == Action.EXEC && command.isEmpty()) {
            throw new IllegalArgumentException("exec needs a command");
        }
        if (action != Action.EXEC && !command.isEmpty()) {
            throw new IllegalArgumentException("only exec has a command");
        }
        if (action != Action.RELOAD && (port != 0 || !path.isEmpty())) {
            throw new IllegalArgumentException("only reload has a port and a path");
        }
        command = List.copyOf(command);
    }

    /** A step without anything special. */
    public static Rung of(Action action) {
        return new Rung(action, false, Requirement.NOTHING, 0, "", List.of(), Duration.ofMinutes(2));
    }
}
