package caretaker.agent.containers;

import caretaker.agent.containers.ContainerState.Health;
import caretaker.agent.containers.ContainerState.Phase;
import caretaker.agent.health.Finding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Decides what is wrong with a host's containers by what an engine tells: events, lists, inspections. Asks the engine
 * for nothing itself: {@link #takeWanted} names the containers that should be inspected. Not safe for several threads.
 */
public final class ContainerWatch {
    /** More containers than any engine runs on one host; further ones are not watched, see {@link Listener}. */
    public static final int MAX_CONTAINERS = 5_000;

    /** What the watch has to say beside its findings. */
    public interface Listener {
        /** There are more containers than {@link #MAX_CONTAINERS}. */
        void tooMany();

        /** A label's value is not one of the words that it takes; the container is watched. */
        void badWord(String container, String label, String value);
    }

    private final WatchRules rules;
    private final BooleanSupplier hostIsWell;
    private final Listener listener;
    private final Map<String, Watched> all = new LinkedHashMap<>();

    /** Those heard of since a list was asked for: it need not have them. At most as many as are known. */
    private final Set<String> newer = new HashSet<>();

    private boolean listed;
    private Predicate<String> isReported = _ -> false;

    /** @param hostIsWell whether the host's own GPUs answer */
    public ContainerWatch(WatchRules rules, BooleanSupplier hostIsWell, Listener listener) {
        this.rules = rules;
        this.hostIsWell = hostIsWell;
        this.listener = listener;
    }

    /** Of a container, by its id, whether a former run of the agent has reported its end: however old, it stays so. */
    public void remembering(Predicate<String> reported) {
        isReported = reported;
    }

    /** A full list is asked for now. */
    public void listAsked() {
        newer.clear();
    }

    /**
     * Takes a full list of what the engine has.
     *
     * @param askAll whether every container should be inspected: events may have been missed
     */
    public void listed(List<ContainerState> containers, boolean askAll) {
        Set<String> present = new HashSet<>();
        for (ContainerState seen : containers) {
            present.add(seen.info().id());
            Watched known = all.get(seen.info().id());
            if (known == null) {
                add(seen);
            } else if (askAll || known.details == null || differs(known.state, seen)) {
                known.want();
            }
        }
        present.addAll(newer);
        all.keySet().retainAll(present);
        listed = true;
    }

    private static boolean differs(ContainerState known, ContainerState seen) {
        return known.phase() != seen.phase()
                || known.health() != seen.health()
                || !known.info().name().equals(seen.info().name())
                || !known.addresses().equals(seen.addresses());
    }

    private void add(ContainerState seen) {
        if (all.size() >= MAX_CONTAINERS) {
            listener.tooMany();
            return;
        }
        var watched = new Watched(seen, rules);
        watched.isWatched = isWatched(seen);
        all.put(seen.info().id(), watched);
    }

    private boolean isWatched(ContainerState state) {
        String word = state.labels().get(WatchRules.WATCH_LABEL);
        if (word != null && Words.yesOrNo(word).isEmpty()) {
            listener.badWord(state.info().name(), WatchRules.WATCH_LABEL, Words.line(word, 64));
        }
        return rules.watches(state);
    }

    /**
     * Takes one event.
     *
     * @param ifNew what the event tells of a container that is not known yet
     * @param now when it was heard
     */
    public void happened(ContainerEvent event, ContainerState ifNew, Instant now) {
        if (event.kind() == ContainerEvent.Kind.DESTROY) {
            gone(event.id());
            return;
        }
        if (!all.containsKey(event.id())) {
            add(ifNew);
            newer.add(event.id());
        }
        Watched watched = all.get(event.id());
        if (watched != null) {
            watched.happened(event, now);
        }
    }

    /** Takes the answer for one container. */
    public void inspected(Inspection inspection, Instant now) {
        Watched watched = all.get(inspection.state().info().id());
        if (watched != null) {
            boolean known = watched.details == null
                    && isReported.test(inspection.state().info().id());
            watched.inspected(inspection, now, known);
        }
    }

    /** The engine did not answer for one container. */
    public void unanswered(String id) {
        Watched watched = all.get(id);
        if (watched != null) {
            watched.unanswered();
        }
    }

    /** The engine has no such container any more. */
    public void gone(String id) {
        newer.remove(id);
        all.remove(id);
    }

    /**
     * How many containers say that they are a compose service's instance that another one says it is, too. Labels are
     * its owner's words: one of them is an imitation, unless compose is replacing one by the other at this moment.
     */
    public long imitations() {
        Map<List<Object>, Long> byInstance = all.values().stream()
                .map(each -> each.state)
                .filter(state -> !state.info().composeProject().isEmpty())
                .collect(Collectors.groupingBy(
                        state -> List.of(
                                state.info().composeProject(), state.info().composeService(), state.composeNumber()),
                        Collectors.counting()));
        return byInstance.values().stream().mapToLong(times -> times - 1).sum();
    }

    /** What a container's device list says now. */
    public void gpuDevices(String id, boolean gone) {
        Watched watched = all.get(id);
        if (watched != null) {
            watched.gpuDevicesGone = gone;
        }
    }

    /** Running containers that were given GPUs, with the id of their first process. */
    public Map<String, Long> gpuContainers() {
        Map<String, Long> found = new LinkedHashMap<>();
        all.forEach((id, watched) -> {
            Inspection details = watched.details;
            if (details != null
                    && details.pid() > 0
                    && watched.state.isAlive()
                    && !watched.state.gpus().isEmpty()) {
                found.put(id, details.pid());
            }
        });
        return found;
    }

    /** Containers to inspect now, at most so many; each answer or its absence must be told. */
    public List<String> takeWanted(int most) {
        List<String> ids = new ArrayList<>();
        for (Map.Entry<String, Watched> entry : all.entrySet()) {
            if (ids.size() >= most) {
                break;
            }
            if (entry.getValue().take()) {
                ids.add(entry.getKey());
            }
        }
        return ids;
    }

    /** Whether there was a full list, and each container of it was asked for. */
    public boolean isComplete() {
        return listed && all.values().stream().allMatch(watched -> watched.details != null || !watched.isWaiting());
    }

    /** All that is wrong now. */
    public List<Finding> findings(Instant now) {
        boolean well = hostIsWell.getAsBoolean();
        List<Finding> found = new ArrayList<>();
        for (Watched watched : all.values()) {
            watched.pass(now);
            ContainerFindings.of(watched, well, found);
        }
        return found;
    }

    /** When {@link #findings} will change by itself, or {@link Instant#MAX}. */
    public Instant due() {
        return all.values().stream()
                .map(Watched::due)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    /** All containers, in the order of their names. */
    public List<ContainerState> states() {
        return all.values().stream()
                .map(watched -> watched.state)
                .sorted(Comparator.comparing(
                                (ContainerState state) -> state.info().name())
                        .thenComparing(state -> state.info().id()))
                .toList();
    }

    /** One container, if it is known. */
    public Optional<ContainerState> state(String id) {
        return Optional.ofNullable(all.get(id)).map(watched -> watched.state);
    }

    /** A container of which only its identity is known yet. */
    public static ContainerState unseen(ContainerInfo info, int composeNumber, Map<String, String> labels) {
        return new ContainerState(
                info, composeNumber, Phase.UNKNOWN, Health.NONE, 0, null, 0, labels, List.of(), Map.of(), List.of());
    }
}
