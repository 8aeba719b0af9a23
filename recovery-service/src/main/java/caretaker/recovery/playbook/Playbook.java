package caretaker.recovery.playbook;

import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import caretaker.contracts.RecoveryEvent.Action;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What is done about a kind of failure: one rung of the ladder for each attempt, the last one again and again until the
 * budget is used up.
 *
 * @param name a word, by which it is found again after a crash
 * @param like the name of the one whose ladder it takes over; then it has none of its own
 * @param match which failures it is for
 * @param ladder the cheapest step first
 * @param after how long it must be unwell before anything is done; what exited waits for nothing
 * @param startupGrace how long after its start it is no failure that it does not answer, or says that it is starting
 * @param stableFor how long it must be well without a break until that is believed
 * @param probe how its service is asked
 * @param needs services that this kind of failure may come from: compose services of the same project, or the last word
 *     of an image; for it, a container waits for theirs as for those that it depends on
 * @param never what nobody but a person does here; for the report
 */
public record Playbook(
        String name,
        @Default("") String like,
        Match match,
        List<Rung> ladder,
        @Default("0s") @Range(max = "1h") Duration after,

        @Default("30s") @Range(max = "1h") Duration startupGrace,

        @Default("30s") @Range(min = "1s", max = "1h") Duration stableFor,

        @Default("none") Probe probe,
        List<String> needs,
        List<String> never) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final int MAX_LADDER = 16;

    /** How a service says that it works, asked over HTTP and without credentials. */
    public enum Probe {
        NONE,
        GRAFANA,
        PROMETHEUS,
        DCGM_EXPORTER,
        NODE_EXPORTER,
        CADVISOR
    }

    public Playbook {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is no name; use small letters, digits and '-'");
        }
        if (like.isEmpty() == ladder.isEmpty()) {
            throw new IllegalArgumentException("a playbook has either a ladder or 'like'");
        }
        if (ladder.size() > MAX_LADDER) {
            throw new IllegalArgumentException("a ladder of more than " + MAX_LADDER + " rungs");
        }
        ordered(ladder);
        ladder = List.copyOf(ladder);
        needs = List.copyOf(needs);
        never = List.copyOf(never);
    }

    /** What needs a copy comes after it, and is not the last: where it does not hold, the next one is taken. */
    private static void ordered(List<Rung> ladder) {
        boolean isCopied = false;
        for (int i = 0; i < ladder.size(); i++) {
            isCopied |= ladder.get(i).action() == Action.COPY_ASIDE;
            boolean needsCopy = ladder.get(i).requires() == Rung.Requirement.DAMAGED_COPY;
            if (needsCopy && (!isCopied || i == ladder.size() - 1)) {
                throw new IllegalArgumentException(
                        "a rung with 'requires: damaged-copy' comes after a copy-aside and before another rung");
            }
        }
    }

    /** Whether it begins with a copy: its further rungs are about that one. */
    public boolean copiesFirst() {
        return !ladder.isEmpty() && ladder.getFirst().action() == Action.COPY_ASIDE;
    }

    /** The rung of an attempt, from 0; beyond the last one it is the last one. */
    public Rung rung(int number) {
        return ladder.get(Math.min(number, ladder.size() - 1));
    }

    Playbook with(List<Rung> taken) {
        return new Playbook(name, "", match, taken, after, startupGrace, stableFor, probe, needs, never);
    }
}
