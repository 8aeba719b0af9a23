package caretaker.agent.containers;

import caretaker.agent.containers.ContainerState.Health;
import caretaker.agent.containers.ContainerState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One container as the watch remembers it. Not safe for several threads.
 *
 * <p>Events say at once what has happened; an inspection, asked for after each of them, says the rest. An answer that
 * was overtaken by a newer event counts only for what does not change in a container's life.
 */
final class Watched {
    /** A run that has ended. */
    record End(Instant at, int exitCode, boolean byUser, boolean news) {}

    /** Restarts beyond this many within the window change nothing. */
    private static final int MAX_RESTARTS = 100;

    /** Within this time after a signal to stop, any exit code is the answer to it. */
    private static final Duration STOPPING = Duration.ofMinutes(1);

    private static final Map<String, Integer> SIGNALS = Map.ofEntries(
            Map.entry("HUP", 1),
            Map.entry("INT", 2),
            Map.entry("QUIT", 3),
            Map.entry("KILL", 9),
            Map.entry("USR1", 10),
            Map.entry("USR2", 12),
            Map.entry("TERM", 15),
            Map.entry("WINCH", 28),
            Map.entry("RTMIN+3", 37));

    private final WatchRules rules;
    ContainerState state;

    @Nullable Inspection details;

    /** Counts what was heard of it, so that an answer to an earlier question is known for one. */
    private long version;

    private long askedAt = -1;
    private boolean wanted = true;

    @Nullable End end;

    @Nullable Instant lastStart;

    private @Nullable Instant signalled;
    private int signal;

    /** When memory ran out last; null once that is over. */
    @Nullable Instant oom;

    /** Whether that of this run was told: the engine says it until the next run. */
    private boolean oomTold;

    final Deque<Instant> restarts = new ArrayDeque<>();
    boolean looping;
    boolean unhealthy;

    /** Until when the report of its bad health waits for the output of the check. */
    @Nullable Instant checkDue;

    /** Whether the engine has been asked since it ended: it is not about to be started again. */
    boolean settled;

    boolean isWatched = true;
    boolean gpuDevicesGone;

    Watched(ContainerState state, WatchRules rules) {
        this.state = state;
        this.rules = rules;
    }

    void want() {
        wanted = true;
    }

    /** Whether it should be inspected now; the answer counts as asked for. */
    boolean take() {
        if (!wanted || askedAt >= 0) {
            return false;
        }
        wanted = false;
        askedAt = version;
        return true;
    }

    boolean isWaiting() {
        return wanted || askedAt >= 0;
    }

    /** The engine gave no answer. */
    void unanswered() {
        askedAt = -1;
        checkDue = null;
    }

    void happened(ContainerEvent event, Instant now) {
        version++;
        switch (event.kind()) {
            case CREATE, CHANGED -> want();
            case START -> started(event.at());
            case KILL -> killed(event.attributes().getOrDefault("signal", ""), event.at());
            case DIE -> died(event.attributes().getOrDefault("exitCode", ""), event.at());
            case STOP -> stopped();
            case OOM -> {
                oom = event.at();
                oomTold = true;
            }
            case RENAME -> renamed(event.attributes().getOrDefault("name", ""));
            case PAUSE -> state = state.with(Phase.PAUSED);
            case UNPAUSE -> state = state.with(Phase.RUNNING);
            case STARTING -> state = state.with(Health.STARTING);
            case HEALTHY -> {
                state = state.with(Health.HEALTHY);
                unhealthy = false;
                checkDue = null;
                want();
            }
            case UNHEALTHY -> {
                state = state.with(Health.UNHEALTHY);
                checkDue = unhealthy ? null : now.plus(rules.checkWait());
                unhealthy = true;
                want();
            }
            case DESTROY -> {}
        }
    }

    private void started(Instant at) {
        if (lastStart != null && !at.isAfter(lastStart)) {
            return; // told already
        }
        if (end != null && !end.byUser()) {
            restarted(at);
        }
        lastStart = at;
        end = null;
        settled = false;
        signalled = null;
        oomTold = false;
        gpuDevicesGone = false;
        state = state.started(at);
        want();
    }

    private void restarted(Instant at) {
        restarts.addLast(at);
        if (restarts.size() > MAX_RESTARTS) {
            restarts.removeFirst();
        }
    }

    private void killed(String number, Instant at) {
        int sent = signal(number);
        if (sent == 2 || sent == 3 || sent == 9 || sent == 15 || sent == stopSignal()) {
            signalled = at;
            signal = sent;
        }
    }

    private int stopSignal() {
        return details == null || details.stopSignal().isEmpty() ? 15 : signal(details.stopSignal());
    }

    private static int signal(String word) {
        String name = word.toUpperCase(Locale.ROOT);
        Integer number = SIGNALS.get(name.startsWith("SIG") ? name.substring(3) : name);
        return number != null ? number : number(word);
    }

    private static int number(String digits) {
        return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : 0;
    }

    private void died(String code, Instant at) {
        if (lastStart != null && at.isBefore(lastStart)) {
            return; // of an earlier run
        }
        int exitCode = number(code);
        end = new End(at, exitCode, !isOomKilled() && answersSignal(exitCode, at), true);
        settled = false;
        state = state.ended(exitCode);
        want();
    }

    private boolean answersSignal(int exitCode, Instant at) {
        Instant sent = signalled;
        if (sent == null) {
            return false;
        }
        boolean bySignal = exitCode == 0 || exitCode == 137 || exitCode == 143 || exitCode == 128 + signal;
        return bySignal || !at.isAfter(sent.plus(STOPPING));
    }

    /** Comes after the end of a run that a person has stopped, whatever its exit code. */
    private void stopped() {
        want();
        if (end != null && !isOomKilled()) {
            end = new End(end.at(), end.exitCode(), true, end.news());
        }
    }

    /** Whether memory ran out in this run, and nobody has asked it to stop since. */
    private boolean isOomKilled() {
        return oom != null
                && (lastStart == null || !oom.isBefore(lastStart))
                && (signalled == null || oom.isAfter(signalled));
    }

    private void renamed(String name) {
        ContainerInfo info = state.info();
        state = state.with(
                new ContainerInfo(info.id(), bare(name), info.image(), info.composeProject(), info.composeService()));
    }

    static String bare(String name) {
        return name.startsWith("/") ? name.substring(1) : name;
    }

    /** @param isReported whether a former run of the agent has reported that it ended */
    void inspected(Inspection inspection, Instant now, boolean isReported) {
        boolean overtaken = askedAt != version;
        boolean isFirst = details == null;
        askedAt = -1;
        details = inspection;
        if (overtaken) {
            ContainerState live = state;
            state = inspection.state();
            state = live.phase() == Phase.EXITED ? state.ended(live.exitCode()) : state.with(live.phase());
            state = state.with(live.health());
            want();
            return;
        }
        state = inspection.state();
        Instant startedAt = state.startedAt();
        if (startedAt != null && (lastStart == null || startedAt.isAfter(lastStart))) {
            missedStart(startedAt);
        }
        if (state.isAlive()) {
            end = null;
        } else if (state.phase() == Phase.EXITED || state.phase() == Phase.DEAD) {
            if (end == null) {
                missedEnd(inspection, now, isReported);
            }
            settled = true;
            unhealthy = false;
        }
        if (inspection.oomKilled() && !oomTold && signalled == null && isNews(isFirst, now)) {
            oomTold = true;
            oom = end != null ? end.at() : now;
            end = end == null ? null : new End(end.at(), end.exitCode(), false, end.news());
        }
        health();
    }

    /** Of a run that still lasts the engine does not say when memory ran out: one that has lasted for long is old. */
    private boolean isNews(boolean isFirst, Instant now) {
        if (end != null) {
            return end.news();
        }
        Instant startedAt = state.startedAt();
        return !isFirst || startedAt == null || !startedAt.isBefore(now.minus(rules.newsAge()));
    }

    private void health() {
        checkDue = null;
        switch (state.health()) {
            case UNHEALTHY -> unhealthy = state.isAlive();
            case HEALTHY, NONE -> unhealthy = false;
            case STARTING -> {} // after a restart it is not well before its check says so
        }
    }

    private void missedStart(Instant startedAt) {
        if (lastStart != null && (end == null || !end.byUser())) {
            restarted(startedAt);
        }
        lastStart = startedAt;
        end = null;
        signalled = null;
        oomTold = false;
    }

    private void missedEnd(Inspection inspection, Instant now, boolean isReported) {
        Instant finished = inspection.finishedAt();
        if (finished == null) {
            return; // never ran
        }
        int code = state.exitCode();
        boolean byUser = !inspection.oomKilled() && (code == 0 || code == 137 || code == 143);
        boolean news = isReported || !finished.isBefore(now.minus(rules.newsAge()));
        end = new End(finished, code, byUser, news);
    }

    /** Lets go what time has ended. */
    void pass(Instant now) {
        while (!restarts.isEmpty() && !restarts.getFirst().isAfter(now.minus(rules.restartWindow()))) {
            restarts.removeFirst();
        }
        boolean over = settled && end != null;
        if (restarts.size() >= rules.restarts()) {
            looping = true;
        } else if (restarts.isEmpty() || (over && end != null && (end.byUser() || end.exitCode() == 0))) {
            looping = false;
        }
        if (looping && over) {
            looping = false; // the engine has given up, or a person has stopped it
            restarts.clear();
        }
        if (oom != null && (endsOom() || !now.isBefore(calm(oom)))) {
            oom = null;
        }
        if (checkDue != null && !now.isBefore(checkDue)) {
            checkDue = null;
        }
    }

    private boolean endsOom() {
        return settled && end != null && !isOomKilled();
    }

    /** When a container that runs since is taken for well again. */
    private Instant calm(Instant since) {
        if (!state.isAlive()) {
            return Instant.MAX;
        }
        Instant from = lastStart != null && lastStart.isAfter(since) ? lastStart : since;
        return from.plus(rules.restartWindow());
    }

    /** When {@link #pass} will change something, or {@link Instant#MAX}. */
    Instant due() {
        Instant due = restarts.isEmpty() ? Instant.MAX : restarts.getFirst().plus(rules.restartWindow());
        if (oom != null) {
            due = earlier(due, calm(oom));
        }
        return checkDue == null ? due : earlier(due, checkDue);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
