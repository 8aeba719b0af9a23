package caretaker.recovery.incident;

import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.contracts.RecoveryState.Quarantine;
import caretaker.recovery.containers.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One container as the service remembers it. */
final class Managed {
    private static final int MOST_UNSAID = 64;

    ContainerIdentity identity;
    Phase phase = Phase.OK;

    @Nullable Instant due;

    @Nullable Trouble trouble;

    @Nullable Operation operation;

    final Deque<Instant> attempts = new ArrayDeque<>();
    final Deque<Instant> changes = new ArrayDeque<>();

    @Nullable Instant wellSince;

    @Nullable Quarantine quarantine;

    private final Set<String> handled = new LinkedHashSet<>();
    private long revision;

    /** When something happened to it last. */
    Instant touched = Instant.MAX;

    // Forgotten in a crash.
    @Nullable Sighting seen;

    /** When its log said last that the host is ill. */
    @Nullable Instant blamed;

    /** Whether its last change was one for the better; null if nobody knows. */
    private @Nullable Boolean lastToldWell;

    /** Whether it was told that it is well and unwell by turns. */
    boolean flapping;

    boolean badLabelTold;

    /** Whether the operation was begun before, perhaps by a former run of the service: it may be half done. */
    boolean resumed;

    /** Keys of those that need it and have been seen to since the operation. */
    final Set<String> followers = new HashSet<>();

    /** The operation before the one that is reserved: what is left if that one is not begun after all. */
    @Nullable Operation lastDone;

    private final Map<String, RecoveryEvent> unsaid = new LinkedHashMap<>();

    /** When what could not be written is written again. */
    @Nullable Instant saveAt;

    /** Start of the run that is being verified; null before it was seen. */
    @Nullable Instant run;

    /** The question about it that has no answer yet; 0 if there is none. */
    long question;

    /** Whether that question is the one before an action: the log and evidence are taken too. */
    boolean examining;

    /** Whether a first look has found nothing that makes an examination needless. */
    boolean glanced;

    Managed(ContainerIdentity identity) {
        this.identity = identity;
    }

    Managed(RecoveryState state) {
        identity = state.container();
        phase = state.phase();
        due = state.due();
        operation = state.operation();
        attempts.addAll(state.attempts());
        changes.addAll(state.changes());
        wellSince = state.wellSince();
        quarantine = state.quarantine();
        handled.addAll(state.handled());
        revision = state.revision();
        touched = state.updatedAt();
        RecoveryState.Incident incident = state.incident();
        if (incident != null) {
            Trouble restored = new Trouble(incident);
            Operation last = operation;
            restored.operations =
                    last != null && last.id().startsWith(restored.prefix(identity.key()) + "/") ? last.attempt() : 0;
            restored.announced = restored.operations > 0; // else perhaps not: once more, under the same id
            trouble = restored;
        }
        resumed = phase == Phase.ACTING;
    }

    String key() {
        return identity.key();
    }

    boolean isHandled(String eventId) {
        return handled.contains(eventId);
    }

    void handle(String eventId) {
        handled.add(eventId);
        if (handled.size() > RecoveryState.MAX_HANDLED) {
            handled.remove(handled.iterator().next());
        }
    }

    /** Counts a change between well and unwell; what is told twice is one. */
    void changed(boolean well, Instant at) {
        if (lastToldWell != null && lastToldWell == well) {
            return;
        }
        lastToldWell = well;
        changes.addLast(at);
        if (changes.size() > RecoveryState.MAX_TIMES) {
            changes.removeFirst();
        }
    }

    /** */
    boolean flaps(Rules rules, Instant now) {
        return within(changes, rules.flapWindow(), now) >= rules.flaps();
    }

    /** An event that the bus did not take: it is told again. */
    void unsaid(RecoveryEvent event) {
        unsaid.put(event.id(), event);
        if (unsaid.size() > MOST_UNSAID) {
            unsaid.remove(unsaid.keySet().iterator().next());
        }
    }

    List<RecoveryEvent> takeUnsaid() {
        List<RecoveryEvent> taken = List.copyOf(unsaid.values());
        unsaid.clear();
        return taken;
    }

    int within(Deque<Instant> times, Duration window, Instant now) {
        return (int) times.stream().filter(at -> at.isAfter(now.minus(window))).count();
    }

    /** Whether an incident is open about which nothing is done until there is news. */
    boolean rests() {
        return phase == Phase.SUSPECT && due == null && trouble != null;
    }

    /** Whether a repair of it is not over, so that others who need it wait. */
    boolean isBeingRepaired() {
        return switch (phase) {
            case PENDING, ACTING, VERIFYING, FAILED_ATTEMPT -> true;
            case SUSPECT -> due != null;
            case OK, QUARANTINED -> false;
        };
    }

    /** To be written: the next revision. */
    RecoveryState state(String host, RecoveryState.Writer writer, Instant now) {
        revision++;
        touched = now;
        return shown(host, writer, now);
    }

    /** To be looked at. */
    RecoveryState shown(String host, RecoveryState.Writer writer, Instant now) {
        Trouble incident = trouble;
        return new RecoveryState(
                host,
                identity,
                Math.max(1, revision),
                writer,
                now,
                phase,
                due,
                incident == null ? null : incident.state(),
                operation,
                new ArrayList<>(attempts),
                new ArrayList<>(changes),
                wellSince,
                quarantine,
                new ArrayList<>(handled));
    }
}
