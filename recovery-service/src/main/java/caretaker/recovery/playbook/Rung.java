package caretaker.recovery.playbook;

import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import caretaker.contracts.RecoveryEvent.Action;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One step of a ladder.
 *
 * @param action what is done
 * @param approval whether a person must ask for it each time
 * @param requires what must hold besides
 * @param port of the container, for {@code reload} and {@code former-config}
 * @param path of the request that makes it reload, a POST without a body; for {@code fix-permissions}, where a volume
 *     or a bind is mounted in the container
 * @param owner for {@code fix-permissions}: whose the files are to be, {@code uid:gid} in numbers
 * @param command for {@code exec}: the program and its arguments; no shell
 * @param within until when its effect must show, without the time that is needed to prove it
 */
public record Rung(
        Action action,
        @Default("false") boolean approval,
        @Default("nothing") Requirement requires,

        @Default("0") @Range(min = "0", max = "65535") int port,

        @Default("") String path,
        @Default("") String owner,
        List<String> command,

        @Default("2m") @Range(min = "1s", max = "1h") Duration within) {

    private static final Pattern OWNER = Pattern.compile("[0-9]{1,10}:[0-9]{1,10}");
    private static final long MAX_ID = 0xFFFF_FFFEL;

    /** What goes into a command that a person is told, as it is. */
    private static final Pattern MOUNT = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}){1,20}");

    /** What an edge must look at before a step. */
    public enum Requirement {
        NOTHING,
        /** Every partition of the broker has enough replicas in sync without it. */
        IN_SYNC_REPLICAS,
        /** The settings name a file with a token for the service. */
        CREDENTIALS,
        /** A configuration that was good, and is another one than there is now, was kept. */
        FORMER_CONFIG;

        /** Whether the next step is tried at once where it does not hold; others are waited for. */
        public boolean isSkipped() {
            return this == CREDENTIALS || this == FORMER_CONFIG;
        }
    }

    public Rung {
        boolean reloads = action == Action.RELOAD || action == Action.FORMER_CONFIG;
        if (reloads && (port == 0 || !path.startsWith("/"))) {
            throw new IllegalArgumentException("reload and former-config need a port and a path that begins with /");
        }
        if (action == Action.EXEC && command.isEmpty()) {
            throw new IllegalArgumentException("exec needs a command");
        }
        if (action != Action.EXEC && !command.isEmpty()) {
            throw new IllegalArgumentException("only exec has a command");
        }
        if (!reloads && (port != 0 || (!path.isEmpty() && action != Action.FIX_PERMISSIONS))) {
            throw new IllegalArgumentException("only reload and former-config have a port and a path");
        }
        if (requires == Requirement.CREDENTIALS && action != Action.RELOAD) {
            throw new IllegalArgumentException("only reload requires credentials");
        }
        if (requires == Requirement.FORMER_CONFIG && action != Action.FORMER_CONFIG) {
            throw new IllegalArgumentException("only former-config requires a former-config");
        }
        permissions(action, path, owner);
        command = List.copyOf(command);
    }

    private static void permissions(Action action, String path, String owner) {
        if (action != Action.FIX_PERMISSIONS) {
            if (!owner.isEmpty()) {
                throw new IllegalArgumentException("only fix-permissions has an owner");
            }
            return;
        }
        if (!MOUNT.matcher(path).matches()) {
            throw new IllegalArgumentException(
                    "fix-permissions needs the path of a mount, such as /var/lib/grafana: letters, digits, . _ -");
        }
        if (!OWNER.matcher(owner).matches()
                || Stream.of(owner.split(":", -1)).anyMatch(id -> Long.parseLong(id) > MAX_ID)) {
            throw new IllegalArgumentException("fix-permissions needs an owner in numbers, uid:gid, such as \"472:0\"");
        }
    }

    /** Whether an edge must look at something before it. */
    public boolean asks() {
        return requires != Requirement.NOTHING;
    }

    /** The user's number in {@link #owner}. */
    public long uid() {
        return Long.parseLong(owner.substring(0, owner.indexOf(':')));
    }

    /** Whether an action needs nothing but its name. */
    public static boolean isBare(Action action) {
        return switch (action) {
            case RELOAD, EXEC, FIX_PERMISSIONS, FORMER_CONFIG -> false;
            case START, RESTART, RECREATE, STOP, RESTORE_BACKUP, QUARANTINE, NONE -> true;
        };
    }

    /** A step without anything special; the action {@link #isBare}. */
    public static Rung of(Action action) {
        return new Rung(action, false, Requirement.NOTHING, 0, "", "", List.of(), Duration.ofMinutes(2));
    }
}
