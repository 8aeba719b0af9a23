package caretaker.agent.health;

import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import caretaker.contracts.HealthEvent.State;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What is raised on one host. Makes events of findings: the same condition on the same entity is raised once and
 * cleared once, whoever found it and however often.
 *
 * <p>Several watchers find at the same time: each settles what it raised itself, under a name of its own. Any thread
 * may call; events go out under the ledger's lock, so that they leave in the order of their sequence numbers.
 */
public final class HealthLedger {
    private record Key(Condition condition, String entity) {
        static Key of(Finding finding) {
            return new Key(finding.condition(), finding.entity().id());
        }
    }

    /** @param restored whether a former run raised it and this one has not found it again */
    private record Raised(String watcher, Finding finding, HealthEvent event, boolean restored) {}

    private final String host;
    private final String agentId;
    private final InstantSource clock;
    private final Consumer<HealthEvent> outlet;
    private final Map<Key, Raised> raised = new LinkedHashMap<>();
    private long sequence;
    private String formerAgentId = ""; // of the last run that said something
    private long formerSequence;
    private boolean protectsRestored;
    private final Set<String> silent = new HashSet<>(); // GPUs of a former run that this one has not heard of
    private List<GpuMemory> gpus = List.of();
    private List<KnownGpu> known = List.of();
    private List<CountedXid> formerXids = List.of();
    private Supplier<List<CountedXid>> xids = () -> formerXids;
    private Runnable changed = () -> {};
    private RuleSettings settings = RuleSettings.DEFAULT;

    /** @param outlet takes each event, in order; must not wait */
    public HealthLedger(String host, String agentId, InstantSource clock, Consumer<HealthEvent> outlet) {
        this.host = host;
        this.agentId = agentId;
        this.clock = clock;
        this.outlet = outlet;
    }

    /**
     * Which conditions are told, and how severe they are. What is not told is known here all the same.
     * To be called before anything else.
     */
    public synchronized void follow(RuleSettings wanted) {
        settings = wanted;
    }

    /** Called under the ledger's lock after each change of {@link #state}; must not wait. */
    public synchronized void whenChanged(Runnable listener) {
        changed = listener;
    }

    /** What a former run had learnt of GPUs, or this one has. */
    public synchronized List<GpuMemory> gpus() {
        return gpus;
    }

    /** The GPUs of the host, as a former run knew them, or this one does. */
    public synchronized List<KnownGpu> known() {
        return known;
    }

    /** The XIDs that former runs have counted. */
    public synchronized List<CountedXid> xids() {
        return formerXids;
    }

    /**
     * Says who counts XIDs in this run.
     *
     * @param now is asked for the counts, those of former runs included; any thread, must not wait
     */
    public synchronized void countedBy(Supplier<List<CountedXid>> now) {
        xids = now;
    }

    /** Keeps for a later run what has been counted, also where it was no event. */
    public synchronized void counted() {
        changed.run();
    }

    /** Keeps for a later run what was learnt of GPUs. */
    public synchronized void learnt(List<GpuMemory> now) {
        if (!now.equals(gpus)) {
            gpus = List.copyOf(now);
            changed.run();
        }
    }

    /** Keeps for a later run which GPUs there are. None means that nobody has named any yet. */
    public synchronized void there(List<KnownGpu> now) {
        if (!now.isEmpty() && !now.equals(known)) {
            known = List.copyOf(now);
            changed.run();
        }
    }

    /**
     * Takes over what a former run had raised, before anything else is said. It is not raised again when it is found
     * again. Until {@link #confirmRestored} a watcher that does not find it clears nothing: it may need a while to be
     * sure; and what is wrong with a GPU stays until that is {@link #heard} of. The first event of this run says in its
     * evidence where the former run ended.
     */
    public synchronized void restore(LedgerState former) {
        formerAgentId = former.agentId();
        formerSequence = former.sequence();
        gpus = former.gpus();
        known = former.known();
        formerXids = former.xids();
        for (LedgerState.Raised held : former.raised()) {
            HealthEvent event = held.event();
            var finding = new Finding(
                    event.condition(),
                    event.severity(),
                    event.action(),
                    event.entity(),
                    event.code(),
                    event.message(),
                    event.evidence());
            if (!settings.isEnabled(event.condition())) {
                send(event(because(finding, "it is not to be told any more"), State.CLEARED));
                continue;
            }
            raised.put(Key.of(finding), new Raised(held.watcher(), finding, event, true));
            if (event.entity().kind() == HealthEvent.Entity.Kind.GPU) {
                silent.add(event.entity().id());
            }
        }
        protectsRestored = !raised.isEmpty();
    }

    /** From now on a watcher clears what it does not find of a former run's, as it does with its own. */
    public synchronized void confirmRestored() {
        protectsRestored = false;
    }

    /** The GPUs as a poll has shown them. One that answers, or that is not among them any more, is a matter of now. */
    public synchronized void heard(List<GpuReading> shown) {
        if (silent.isEmpty() || shown.isEmpty()) {
            return;
        }
        Set<String> unanswered = new HashSet<>();
        for (GpuReading gpu : shown) {
            if (!gpu.state().answers()) {
                unanswered.add(gpu.uuid());
            }
        }
        silent.retainAll(unanswered);
    }

    /**
     * Clears what a former run raised and nobody has found again: whoever watched it is not there any more.
     *
     * @param present watchers that are there, and will say so themselves once they can
     */
    public synchronized void dropRestored(Set<String> present) {
        protectsRestored = false;
        for (Map.Entry<Key, Raised> entry : List.copyOf(raised.entrySet())) {
            if (entry.getValue().restored()
                    && !present.contains(entry.getValue().watcher())) {
                raised.remove(entry.getKey());
                publish(
                        because(entry.getValue().finding(), "not found again after a restart of the agent"),
                        State.CLEARED);
            }
        }
    }

    private static Finding because(Finding finding, String reason) {
        Map<String, String> evidence = new HashMap<>(finding.evidence());
        evidence.put("reason", reason);
        return finding.with(evidence);
    }

    /** What a later run needs to know. As long as this run has said nothing, the one before is what it follows. */
    public synchronized LedgerState state() {
        boolean isSilent = sequence == 0 && formerSequence > 0;
        return new LedgerState(
                isSilent ? formerAgentId : agentId,
                isSilent ? formerSequence : sequence,
                raised.values().stream()
                        .filter(each -> settings.isEnabled(each.event().condition()))
                        .map(each -> new LedgerState.Raised(each.watcher(), each.event()))
                        .toList(),
                gpus,
                known,
                xids.get());
    }

    /** Takes all that a watcher finds wrong now; what it had raised and does not find any more is cleared. */
    public synchronized void settle(String watcher, List<Finding> findings) {
        if (findings.isEmpty() && raised.isEmpty()) {
            return;
        }
        Set<Key> present = new HashSet<>();
        findings.forEach(finding -> present.add(Key.of(finding)));
        for (Iterator<Map.Entry<Key, Raised>> each = raised.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Key, Raised> entry = each.next();
            Raised known = entry.getValue();
            boolean isSure = !known.restored()
                    || !(protectsRestored || silent.contains(entry.getKey().entity()));
            if (known.watcher().equals(watcher) && isSure && !present.contains(entry.getKey())) {
                each.remove();
                publish(entry.getValue().finding(), State.CLEARED);
            }
        }
        findings.forEach(finding -> raise(watcher, finding));
    }

    /** Adds one finding to what is raised already. */
    public synchronized void raise(String watcher, Finding finding) {
        Key key = Key.of(finding);
        Raised known = raised.get(key);
        if (known == null) {
            HealthEvent event = event(finding, State.RAISED);
            raised.put(key, new Raised(watcher, finding, event, false));
            tell(event);
        } else if (known.restored()) {
            raised.put(key, new Raised(watcher, finding, known.event(), false));
        }
    }

    /** Ends one condition of one entity, if it is raised. */
    public synchronized void clear(Condition condition, String entityId) {
        Raised over = raised.remove(new Key(condition, entityId));
        if (over != null) {
            publish(over.finding(), State.CLEARED);
        }
    }

    /** Says something that has no duration. */
    public synchronized void occurred(Finding finding) {
        publish(finding, State.OCCURRED);
    }

    /** The entities about which a condition is raised. */
    public synchronized List<String> raised(Condition condition) {
        return raised.keySet().stream()
                .filter(key -> key.condition() == condition)
                .map(Key::entity)
                .toList();
    }

    /** Whether a condition of an entity is raised. */
    public synchronized boolean isRaised(Condition condition, String entityId) {
        return raised.containsKey(new Key(condition, entityId));
    }

    /** Whether any of these conditions is raised, whatever the entity. */
    public synchronized boolean isAnyRaised(Set<Condition> conditions) {
        return raised.keySet().stream().anyMatch(key -> conditions.contains(key.condition()));
    }

    private void publish(Finding finding, State state) {
        tell(event(finding, state));
    }

    private void tell(HealthEvent event) {
        if (settings.isEnabled(event.condition())) {
            send(event);
        }
    }

    private void send(HealthEvent event) {
        sequence = event.sequence();
        outlet.accept(event);
        changed.run();
    }

    /** The next event; its number is taken when it is sent. */
    private HealthEvent event(Finding finding, State state) {
        boolean over = state == State.CLEARED;
        Map<String, String> evidence = finding.evidence();
        if (sequence == 0 && formerSequence > 0) {
            evidence = new HashMap<>(evidence);
            evidence.put("previousAgentId", formerAgentId);
            evidence.put("previousSequence", Long.toString(formerSequence));
        }
        return new HealthEvent(
                host,
                agentId,
                sequence + 1,
                clock.instant(),
                finding.condition(),
                state,
                over ? Severity.INFO : settings.severity(finding.condition(), finding.severity()),
                finding.entity(),
                finding.code(),
                over ? "over: " + finding.message() : finding.message(),
                over ? Action.NONE : finding.action(),
                evidence,
                false);
    }
}
