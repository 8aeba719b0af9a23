package caretaker.recovery.playbook;

import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import caretaker.contracts.RecoveryEvent.Action;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One step of a ladder.
 *
 * @param action what is done
 * @param approval whether a person must ask for it each time
 * @param requires what must hold besides
 * @param port of the container, for {@code reload} and {@code former-config}
 * @param path of the request that makes it reload, a POST without a body; for {@code copy-aside}, what is copied; for
 *     {@code fix-permissions}, where a volume or a bind is mounted; both absolute, in the container
 * @param owner for {@code fix-permissions}: whose the files are to be, {@code uid:gid} in numbers
 * @param command for {@code exec}: the program and its arguments; no shell
 * @param within until when its effect must show, without the time that is needed to prove it
 * @param stop for {@code copy-aside}: whether the container is stopped meanwhile
 * @param check for {@code copy-aside}: a file below {@code path} that must be a whole SQLite database; empty for none
 * @param flag for {@code copy-aside}: a flag of the container's command, {@code --name}; where the command has it, its
 *     value stands for the folder that {@code path} is in
 * @param advice for {@code none}: what a person may do, told with it
 */
public record Rung(
        Action action,
        @Default("false") boolean approval,
        @Default("nothing") Requirement requires,

        @Default("0") @Range(min = "0", max = "65535") int port,

        @Default("") String path,
        @Default("") String owner,
        List<String> command,

        @Default("2m") @Range(min = "1s", max = "1h") Duration within,

        @Default("false") boolean stop,
        @Default("") String check,
        @Default("") String flag,
        @Default("") String advice) {

    private static final int MAX_TEXT = 1000;
    private static final Pattern FLAG = Pattern.compile("--?[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private static final Pattern OWNER = Pattern.compile("[0-9]{1,10}:[0-9]{1,10}");
    private static final long MAX_ID = 0xFFFF_FFFEL;

    /** What goes into a command that a person is told, as it is. */
    private static final Pattern MOUNT = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}){1,20}");

    /** What an edge must look at before a step. */
    public enum Requirement {
        NOTHING,
        /** Every partition of the broker has enough replicas in sync without it. */
        IN_SYNC_REPLICAS,
        /** The newest copy that was made in this incident is of a damaged database. */
        DAMAGED_COPY,
        /** The settings name a file with a token for the service. */
        CREDENTIALS,
        /** A configuration that was good, and is another one than there is now, was kept. */
        FORMER_CONFIG;

        /** Whether the next step is tried at once where it does not hold; others are waited for. */
        public boolean isSkipped() {
            return switch (this) {
                case DAMAGED_COPY, CREDENTIALS, FORMER_CONFIG -> true;
                case NOTHING, IN_SYNC_REPLICAS -> false;
            };
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
        if (!reloads && port != 0) {
            throw new IllegalArgumentException("only reload and former-config have a port");
        }
        boolean hasPath = reloads || action == Action.COPY_ASIDE || action == Action.FIX_PERMISSIONS;
        if (!hasPath && !path.isEmpty()) {
            throw new IllegalArgumentException(
                    "only reload, former-config, copy-aside and fix-permissions have a path");
        }
        if (!advice.isEmpty() && action != Action.NONE) {
            throw new IllegalArgumentException("only none has an advice");
        }
        if (advice.length() > MAX_TEXT) {
            throw new IllegalArgumentException("an advice of more than " + MAX_TEXT + " characters");
        }
        if (requires == Requirement.CREDENTIALS && action != Action.RELOAD) {
            throw new IllegalArgumentException("only reload requires credentials");
        }
        if (requires == Requirement.FORMER_CONFIG && action != Action.FORMER_CONFIG) {
            throw new IllegalArgumentException("only former-config requires a former-config");
        }
        copied(action, path, stop, check, flag);
        permissions(action, path, owner);
        command = List.copyOf(command);
    }

    /** As most are: without what only a copy or an advice has. */
    public Rung(
            Action action,
            boolean approval,
            Requirement requires,
            int port,
            String path,
            String owner,
            List<String> command,
            Duration within) {
        this(action, approval, requires, port, path, owner, command, within, false, "", "", "");
    }

    private static void copied(Action action, String path, boolean stop, String check, String flag) {
        if (action != Action.COPY_ASIDE) {
            if (stop || !check.isEmpty() || !flag.isEmpty()) {
                throw new IllegalArgumentException("only copy-aside has stop, check and flag");
            }
            return;
        }
        if (!path.startsWith("/") || !isPlain(path.substring(1))) {
            throw new IllegalArgumentException(
                    "copy-aside needs an absolute path below /, without '..' and without a slash at its end");
        }
        if (!check.isEmpty() && !isPlain(check)) {
            throw new IllegalArgumentException("check is a file below the path, without '..' and '/' before it");
        }
        if (!check.isEmpty() && !stop) {
            throw new IllegalArgumentException(
                    "a check needs 'stop: true': a database that is written to meanwhile looks damaged");
        }
        if (!flag.isEmpty() && !FLAG.matcher(flag).matches()) {
            throw new IllegalArgumentException("'" + flag + "' is no flag; write it as the command has it: --name");
        }
    }

    /** Whether it names something below a folder. */
    private static boolean isPlain(String path) {
        return path.length() <= MAX_TEXT
                && path.chars().noneMatch(Character::isISOControl)
                && List.of(path.split("/", -1)).stream().noneMatch(Set.of("", ".", "..")::contains);
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
            case COPY_ASIDE, RELOAD, EXEC, FIX_PERMISSIONS, FORMER_CONFIG -> false;
            case START, RESTART, RECREATE, STOP, RESTORE_BACKUP, QUARANTINE, NONE -> true;
        };
    }

    /** A step without anything special; the action {@link #isBare}. */
    public static Rung of(Action action) {
        return new Rung(action, false, Requirement.NOTHING, 0, "", "", List.of(), Duration.ofMinutes(2));
    }
}
