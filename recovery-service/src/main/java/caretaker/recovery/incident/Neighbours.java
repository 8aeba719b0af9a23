package caretaker.recovery.incident;

import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Dependencies;
import caretaker.recovery.containers.Labels;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.playbook.Match;
import caretaker.recovery.playbook.Playbook;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the repair of one container has to do with others. */
final class Neighbours {
    /** A container that must be started anew because one that it needs was. */
    record Follower(Sighting container, Action action) {}

    /** An operation on another host that is not known to be over. */
    private record Elsewhere(Instant at, String group) {}

    /** Whoever does not tell of an end within this time is not there any more, to tell of it or to do anything. */
    static final Duration LONGEST = Duration.ofMinutes(15);

    private static final int MOST = 1000;

    /** After these there may be another run of it. */
    private static final Set<Action> STARTING =
            Set.of(Action.START, Action.RESTART, Action.RECREATE, Action.COPY_ASIDE, Action.FIX_PERMISSIONS);

    private final Rules rules;
    private final Known known;
    private final Map<String, Elsewhere> elsewhere = new TreeMap<>();

    Neighbours(Rules rules, Known known) {
        this.rules = rules;
        this.known = known;
    }

    /** Whom a container needs: always, and for the kind of failure that a playbook is for. */
    Set<String> needs(Managed of, @Nullable Playbook playbook) {
        Set<String> needs = new LinkedHashSet<>(known.graph().needs(of.key()));
        for (String service : playbook == null ? List.<String>of() : playbook.needs()) {
            known.seen().stream()
                    .filter(other -> other.identity().project().equals(of.identity.project()))
                    .filter(other ->
                            Match.isService(service, other) && !other.key().equals(of.key()))
                    .forEach(other -> needs.add(other.key()));
        }
        return needs;
    }

    /** Whether a container waits for this one, perhaps by others: then this one does not wait for it. */
    private boolean waitsFor(@Nullable Managed other, String key) {
        Managed next = other;
        for (int i = 0; next != null && next.trouble != null && i < MOST; i++) {
            if (next.trouble.waitingFor.equals(key)) {
                return true;
            }
            next = known.get(next.trouble.waitingFor);
        }
        return false;
    }

    /** the container that must be repaired before this one, or null. */
    @Nullable String first(Managed of, Trouble trouble, Playbook playbook, Instant now) {
        boolean mayStillBeTold = now.isBefore(trouble.since.plus(rules.correlation()));
        for (String needed : needs(of, playbook)) {
            Managed other = known.get(needed);
            Trouble theirs = other == null ? null : other.trouble;
            if (waitsFor(other, of.key())) {
                continue;
            }
            if (other != null && theirs != null && other.isBeingRepaired() && !theirs.isCascade()) {
                Duration apart = Duration.between(theirs.since, trouble.since).abs();
                if (other.phase != Phase.PENDING || apart.compareTo(rules.correlation()) <= 0) {
                    return needed;
                }
            }
            Sighting seen = known.sighting(needed);
            boolean isUntold = theirs == null && (other == null || other.phase == Phase.OK);
            if (seen != null && isUntold && seen.isIll() && known.isGiven(seen) && mayStillBeTold) {
                return needed;
            }
        }
        return null;
    }

    /** the group of a container if another one of it is being repaired, or null. */
    @Nullable String busyGroup(Managed of, Sighting seen, Instant now) {
        String group = group(seen);
        boolean busy = known.managed().stream()
                .filter(other -> other != of && (other.phase == Phase.ACTING || other.phase == Phase.VERIFYING))
                .anyMatch(other ->
                        other.seen != null && group.equals(other.seen.labels().get(Labels.GROUP)));
        elsewhere.values().removeIf(each -> now.isAfter(each.at().plus(LONGEST)));
        busy |= elsewhere.values().stream().anyMatch(each -> each.group().equals(group));
        return busy && !group.isEmpty() ? group : null;
    }

    private static String group(@Nullable Sighting seen) {
        return seen == null ? "" : seen.labels().getOrDefault(Labels.GROUP, "");
    }

    void startedElsewhere(Instant at, String key, String group) {
        if (!group.isEmpty() && (elsewhere.size() < MOST || elsewhere.containsKey(key))) {
            elsewhere.put(key, new Elsewhere(at, group));
        }
    }

    void endedElsewhere(String key) {
        elsewhere.remove(key);
    }

    /** whether, of two hosts that began in the same moment with one group, the other one was first. */
    boolean wasForestalled(Managed of, String host, Instant now) {
        String group = group(of.seen);
        Operation own = of.operation;
        String ownKey = of.identity.key(host);
        return own != null
                && !group.isEmpty()
                && elsewhere.entrySet().stream()
                        .filter(each -> each.getValue().group().equals(group))
                        .filter(each -> !now.isAfter(each.getValue().at().plus(LONGEST)))
                        .anyMatch(each -> {
                            int order = each.getValue().at().compareTo(own.reservedAt());
                            return order < 0 || (order == 0 && each.getKey().compareTo(ownKey) < 0);
                        });
    }

    /** those that live in its namespaces, are linked to it, or want to be restarted with it. */
    List<Follower> followers(String key, Action done) {
        List<Follower> followers = new ArrayList<>();
        if (!STARTING.contains(done)) {
            return followers;
        }
        for (Dependencies.Edge edge : known.graph().neededBy(key)) {
            Sighting seen = known.sighting(edge.from());
            Action action = follows(edge.kind(), done == Action.RECREATE);
            if (seen != null && action != Action.NONE) {
                followers.add(new Follower(seen, action));
            }
        }
        return followers;
    }

    private static Action follows(Dependencies.Kind kind, boolean isNew) {
        return switch (kind) {
            case ORDER -> Action.NONE;
            case LINKS -> isNew ? Action.RECREATE : Action.NONE;
            case RESTART -> Action.RESTART;
            case SHARES -> isNew ? Action.RECREATE : Action.RESTART;
        };
    }

    /** Those that wait for a container. */
    List<Managed> waitingFor(String key) {
        return known.managed().stream()
                .filter(other ->
                        other.trouble != null && other.trouble.waitingFor.equals(key) && other.phase == Phase.PENDING)
                .toList();
    }
}
