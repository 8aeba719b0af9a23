package caretaker.recovery.playbook;

import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import caretaker.contracts.RecoveryEvent.Action;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One step of a ladder.
 *
 * @param action what is done
 * @param approval whether a person must ask for it each time
 * @param requires what must hold besides
 * @param port of the container, for {@code reload}
 * @param path of the request that makes it reload, a POST without a body; for {@code copy-aside} the absolute path in
 *     the container of what is copied
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
        List<String> command,

        @Default("2m") @Range(min = "1s", max = "1h") Duration within,

        @Default("false") boolean stop,
        @Default("") String check,
        @Default("") String flag,
        @Default("") String advice) {

    private static final int MAX_TEXT = 1000;
    private static final Pattern FLAG = Pattern.compile("--?[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /** What an edge must look at before a step. */
    public enum Requirement {
        NOTHING,
        /** Every partition of the broker has enough replicas in sync without it. */
        IN_SYNC_REPLICAS,
        /** The newest copy that was made in this incident is of a damaged database. Otherwise the step is left out. */
        DAMAGED_COPY
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
        if (action != Action.RELOAD && port != 0) {
            throw new IllegalArgumentException("only reload has a port");
        }
        if (action != Action.RELOAD && action != Action.COPY_ASIDE && !path.isEmpty()) {
            throw new IllegalArgumentException("only reload and copy-aside have a path");
        }
        copied(action, path, stop, check, flag);
        if (!advice.isEmpty() && action != Action.NONE) {
            throw new IllegalArgumentException("only none has an advice");
        }
        if (advice.length() > MAX_TEXT) {
            throw new IllegalArgumentException("an advice of more than " + MAX_TEXT + " characters");
        }
        command = List.copyOf(command);
    }

    /** As most are: without what only a copy or an advice has. */
    public Rung(
            Action action,
            boolean approval,
            Requirement requires,
            int port,
            String path,
            List<String> command,
            Duration within) {
        this(action, approval, requires, port, path, command, within, false, "", "", "");
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

    /** A step without anything special. */
    public static Rung of(Action action) {
        return new Rung(action, false, Requirement.NOTHING, 0, "", List.of(), Duration.ofMinutes(2));
    }
}
