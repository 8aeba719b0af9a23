package caretaker.recovery.incident;

import caretaker.contracts.Condition;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.MaintenanceLock;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryHostState.Breaker;
import caretaker.contracts.RecoveryHostState.Pause;
import caretaker.contracts.RecoveryState.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What holds the repairs of a host back: locks, a pause, the breaker, an illness of the host, rates, the fence. */
final class HostGuard {
    /**
     * Why a repair must wait.
     *
     * @param until when it is worth asking again
     */
    record Refusal(Reason reason, String why, Instant until) {}

    private record Start(Instant at, String key) {}

    /** An illness that nobody will say the end of begins with this. */
    private static final String HELD = "held ";

    /** Another service acts on this engine: only a person knows when that is over. */
    private static final String TWIN = "two-services ";

    private static final Duration ASK_AGAIN = Duration.ofSeconds(30);
    private static final int MOST = 10_000;

    private final String host;
    private final Writer writer;
    private final Rules rules;
    private final Deque<Start> starts = new ArrayDeque<>();
    private final Cluster cluster = new Cluster();
    private final Map<String, MaintenanceLock> locks = new TreeMap<>();
    private final Map<String, Instant> illnesses = new TreeMap<>();
    private @Nullable Breaker breaker;
    private @Nullable Pause pause;
    private long revision;
    private boolean killed;
    private boolean fenced;

    HostGuard(String host, Writer writer, Rules rules) {
        this.host = host;
        this.writer = writer;
        this.rules = rules;
    }

    /** Takes over what a former run has left; one of a higher epoch has taken over from this one. */
    void restored(RecoveryHostState state) {
        if (state.writer().epoch() > writer.epoch()
                || (state.writer().epoch() == writer.epoch()
                        && !state.writer().instance().equals(writer.instance()))) {
            fenced = true;
        }
        if (state.writer().epoch() < writer.epoch()) {
            revision = Math.max(revision, state.revision());
            breaker = state.breaker();
            pause = state.pause();
            illnesses.clear();
            illnesses.putAll(state.illnesses());
        }
    }

    boolean isFenced() {
        return fenced;
    }

    /** To be written: the next revision. */
    RecoveryHostState state(Instant now) {
        revision++;
        return shown(now);
    }

    /** To be looked at. */
    RecoveryHostState shown(Instant now) {
        return new RecoveryHostState(host, Math.max(1, revision), writer, now, breaker, pause, illnesses);
    }

    List<MaintenanceLock> locks(Instant now) {
        return locks.values().stream()
                .filter(lock ->
                        lock.host().equals(MaintenanceLock.ALL) || lock.host().equals(host))
                .filter(lock -> !now.isBefore(lock.since()) && now.isBefore(lock.until()))
                .toList();
    }

    /** Whether a container may be repaired now; null if it may. */
    @Nullable Refusal refusal(ContainerIdentity container, boolean asked, Instant now) {
        Instant later = now.plus(ASK_AGAIN);
        if (fenced) {
            return new Refusal(Reason.FENCED, "another instance has taken over this host", Instant.MAX);
        }
        if (killed) {
            return new Refusal(Reason.PAUSED, "the kill switch is on", later);
        }
        Pause paused = pause;
        if (paused != null) {
            Instant until = paused.until();
            return new Refusal(Reason.PAUSED, "paused by " + paused.by(), until == null ? later : until);
        }
        if (breaker != null) {
            return new Refusal(
                    Reason.BREAKER_OPEN,
                    "the breaker is open: " + breaker.repaired() + " of " + breaker.managed()
                            + (breaker.ofHosts() ? " hosts" : " containers") + " were repaired within "
                            + rules.breakerWindow().toSeconds() + " s",
                    later);
        }
        if (!illnesses.isEmpty()) {
            String first = illnesses.keySet().iterator().next();
            return new Refusal(Reason.SUPPRESSED_HOST, "the host is ill: " + first.replace(HELD, ""), later);
        }
        for (MaintenanceLock lock : locks.values()) {
            if (lock.holds(host, container, now)) {
                return new Refusal(
                        Reason.MAINTENANCE, lock.holder() + " works on it until " + lock.until(), lock.until());
            }
        }
        return asked ? null : rate(now);
    }

    private @Nullable Refusal rate(Instant now) {
        Instant from = now.minus(rules.rateWindow());
        Deque<Instant> here = new ArrayDeque<>();
        starts.stream().filter(start -> start.at().isAfter(from)).forEach(start -> here.addLast(start.at()));
        if (here.size() >= rules.hostActions()) {
            return new Refusal(
                    Reason.RATE_LIMITED,
                    here.size() + " actions on this host within "
                            + rules.rateWindow().toSeconds() + " s",
                    here.getFirst().plus(rules.rateWindow()));
        }
        Deque<Instant> all = new ArrayDeque<>(here);
        all.addAll(cluster.starts(from));
        if (all.size() >= rules.clusterActions()) {
            Instant oldest = all.stream().min(Instant::compareTo).orElse(now);
            return new Refusal(
                    Reason.RATE_LIMITED,
                    all.size() + " actions in the cluster within "
                            + rules.rateWindow().toSeconds() + " s",
                    oldest.plus(rules.rateWindow()));
        }
        return null;
    }

    /**
     * Whether one more repair would be of too many containers of this host, or on too many hosts: then the breaker is
     * open now.
     */
    boolean trips(String key, int managed, Instant now) {
        Set<String> keys = new HashSet<>(Set.of(key));
        Instant from = now.minus(rules.breakerWindow());
        starts.stream().filter(start -> start.at().isAfter(from)).forEach(start -> keys.add(start.key()));
        int allowed = Math.max(rules.breakerFloor(), managed * rules.breakerPercent() / 100);
        if (keys.size() > allowed) {
            breaker = new Breaker(now, keys.size() - 1, managed, false);
            return true;
        }
        int acted = cluster.acted(from);
        int hosts = cluster.others() + 1;
        if (acted + 1 > Math.max(rules.breakerFloor(), hosts * rules.breakerPercent() / 100)) {
            breaker = new Breaker(now, acted, hosts, true);
            return true;
        }
        return false;
    }

    void started(String key, Instant at) {
        starts.addLast(new Start(at, key));
        if (starts.size() > MOST) {
            starts.removeFirst();
        }
    }

    /** What was begun last for a container was not begun after all. */
    void reverted(String key) {
        Iterator<Start> newest = starts.descendingIterator();
        while (newest.hasNext()) {
            if (newest.next().key().equals(key)) {
                newest.remove();
                return;
            }
        }
    }

    Cluster cluster() {
        return cluster;
    }

    /** Whether something was reset. */
    boolean resetBreaker() {
        boolean was = breaker != null;
        breaker = null;
        starts.clear();
        cluster.reset();
        return was;
    }

    void pause(@Nullable Pause wanted) {
        pause = wanted;
    }

    boolean isPaused() {
        return pause != null;
    }

    void killSwitch(boolean on) {
        killed = on;
    }

    /** Whether it is not the same as before. */
    boolean lock(MaintenanceLock lock) {
        return (locks.size() < MOST || locks.containsKey(lock.key())) && !lock.equals(locks.put(lock.key(), lock));
    }

    /** The lock that there was; null if there was none. */
    @Nullable MaintenanceLock unlock(String key) {
        return locks.remove(key);
    }

    /** Whether that is new. */
    boolean fellIll(String illness, boolean hasAnEnd, Instant now) {
        return illnesses.putIfAbsent(hasAnEnd ? illness : HELD + illness, now) == null;
    }

    /** the service of another host acts on this engine; whether that is new. */
    boolean hasTwin(String other, Instant now) {
        return illnesses.putIfAbsent(TWIN + other, now) == null;
    }

    boolean recovered(String illness) {
        return illnesses.remove(illness) != null;
    }

    /** Of all that belong to a condition; whether there was one. */
    boolean recoveredFrom(Condition condition) {
        return illnesses.keySet().removeIf(illness -> illness.startsWith(condition.wire() + " "));
    }

    /** Whoever would have said their end is not there any more; whether there was one. */
    boolean orphaned() {
        return illnesses.keySet().removeIf(illness -> !illness.startsWith(HELD) && !illness.startsWith(TWIN));
    }

    /** A person knows better: by its name, with or without what it is about; whether there was such a one. */
    boolean overruled(String name) {
        return illnesses.keySet().removeIf(illness -> {
            String shown = illness.startsWith(HELD) ? illness.substring(HELD.length()) : illness;
            return name.equals("all") || name.equals(illness) || shown.equals(name) || shown.startsWith(name + " ");
        });
    }

    Collection<String> illnesses() {
        return illnesses.keySet();
    }

    boolean isBreakerOpen() {
        return breaker != null;
    }

    /** Whether it is open because of what was done on other hosts. */
    boolean isOfHosts() {
        return breaker != null && breaker.ofHosts();
    }

    /** When time ends something next; {@link Instant#MAX} if only people or news do. */
    Instant due() {
        Instant due = Instant.MAX;
        Pause paused = pause;
        Instant until = paused == null ? null : paused.until();
        if (until != null) {
            due = until;
        }
        for (Map.Entry<String, Instant> illness : illnesses.entrySet()) {
            Instant end = illness.getValue().plus(rules.hostHold());
            if (illness.getKey().startsWith(HELD) && end.isBefore(due)) {
                due = end;
            }
        }
        return due;
    }

    /** Lets go what time has ended; whether the host's record changed. */
    boolean pass(Instant now) {
        locks.values().removeIf(lock -> !now.isBefore(lock.until()));
        Duration longest = rules.rateWindow().plus(rules.breakerWindow());
        Instant oldest = now.minus(longest);
        cluster.pass(now, longest);
        starts.removeIf(start -> start.at().isBefore(oldest));
        boolean changed = illnesses
                .entrySet()
                .removeIf(illness -> illness.getKey().startsWith(HELD)
                        && !now.isBefore(illness.getValue().plus(rules.hostHold())));
        Pause paused = pause;
        Instant until = paused == null ? null : paused.until();
        if (until != null && !now.isBefore(until)) {
            pause = null;
            changed = true;
        }
        return changed;
    }
}
