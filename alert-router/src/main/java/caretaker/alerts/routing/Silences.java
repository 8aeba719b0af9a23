package caretaker.alerts.routing;

import caretaker.alerts.routing.LabelMatcher.Operator;
import caretaker.alerts.routing.Silence.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All silences. It decides what a request changes; the caller puts the changes on the bus and gives each to
 * {@link #put} when it is there. Not safe for several threads at once.
 */
public final class Silences {
    private final Limits limits;
    private final Budget budget;
    private final LabelNames names;
    private final Map<String, Silence> silences = new HashMap<>();

    /** Silences by one label value that they need, so that an alert is held against few of them. */
    private final Map<LabelMatcher, Map<String, Silence>> byValue = new HashMap<>();

    private final Map<String, Silence> byNothing = new HashMap<>();

    /**
     * How much is kept.
     *
     * @param count how many are kept, expired ones included; 0 for no limit
     * @param bytes how large one may be; 0 for no limit
     */
    public record Limits(int count, int bytes) {
        public static final Limits NONE = new Limits(0, 0);
    }

    /** What a request comes to. */
    public sealed interface Outcome {
        /**
         * To be put on the bus in this order.
         *
         * @param id the silence's id from now on
         */
        record Changes(String id, List<Silence> silences) implements Outcome {}

        /** There is no room for it now. */
        record NoRoom() implements Outcome {}

        record NotFound(String id) implements Outcome {}

        record Invalid(String why) implements Outcome {}
    }

    public Silences(LabelNames names, Limits limits, Budget budget) {
        this.names = names;
        this.limits = limits;
        this.budget = budget;
    }

    /** Creates a silence, or changes the one whose id is given. */
    public Outcome set(Silence wanted, Instant now, Supplier<String> newId) {
        String wrong = wrong(wanted, now);
        if (wrong != null) {
            return new Outcome.Invalid(wrong);
        }
        if (wanted.id().isEmpty()) {
            return create(wanted, List.of(), now, newId);
        }
        Silence old = silences.get(wanted.id());
        if (old == null) {
            return new Outcome.NotFound(wanted.id());
        }
        if (isInPlace(old, wanted, now)) {
            if (!budget.hasRoom(wanted.bytes() - old.bytes())) {
                return new Outcome.NoRoom();
            }
            return new Outcome.Changes(old.id(), List.of(wanted.during(wanted.startsAt(), wanted.endsAt(), now)));
        }
        return create(wanted, expired(old, now), now, newId);
    }

    private Outcome create(Silence wanted, List<Silence> first, Instant now, Supplier<String> newId) {
        if (limits.count > 0 && silences.size() >= limits.count) {
            return new Outcome.Invalid("exceeded maximum number of silences: " + limits.count);
        }
        if (!budget.hasRoom(wanted.bytes())) {
            return new Outcome.NoRoom();
        }
        Instant start = wanted.startsAt().isBefore(now) ? now : wanted.startsAt();
        Silence created = wanted.as(newId.get(), start, now);
        List<Silence> changes = new ArrayList<>(first);
        changes.add(created);
        return new Outcome.Changes(created.id(), changes);
    }

    private @Nullable String wrong(Silence wanted, Instant now) {
        if (!wanted.startsAt().isBefore(wanted.endsAt())) {
            return "start time must be before end time";
        }
        if (wanted.endsAt().isBefore(now)) {
            return "end time can't be in the past";
        }
        if (wanted.matchers().isEmpty()) {
            return "at least one matcher required";
        }
        for (LabelMatcher matcher : wanted.matchers().all()) {
            if (!names.allow(matcher.name())) {
                return "invalid label name " + GoText.quote(matcher.name());
            }
            if (!GoText.isUtf8(matcher.value())) {
                return "the value of " + GoText.quote(matcher.name()) + " is not UTF-8";
            }
        }
        if (wanted.matchers().matchTheEmpty()) {
            return "at least one matcher must not match the empty string";
        }
        if (limits.bytes > 0 && wanted.size() > limits.bytes) {
            return "silence exceeded maximum size: " + wanted.size() + " bytes (limit: " + limits.bytes + " bytes)";
        }
        return null;
    }

    private static boolean isInPlace(Silence old, Silence wanted, Instant now) {
        if (!old.matchers().equals(wanted.matchers())) {
            return false;
        }
        return switch (old.stateAt(now)) {
            case ACTIVE ->
                old.startsAt().getEpochSecond() == wanted.startsAt().getEpochSecond()
                        && !wanted.endsAt().isBefore(now);
            case PENDING -> !wanted.startsAt().isBefore(now);
            case EXPIRED -> false;
        };
    }

    /** Ends a silence now. One that has ended stays as it is. */
    public Outcome expire(String id, Instant now) {
        Silence silence = silences.get(id);
        return silence == null ? new Outcome.NotFound(id) : new Outcome.Changes(id, expired(silence, now));
    }

    private static List<Silence> expired(Silence silence, Instant now) {
        return switch (silence.stateAt(now)) {
            case ACTIVE -> List.of(silence.during(silence.startsAt(), now, now));
            case PENDING -> List.of(silence.during(now, now, now));
            case EXPIRED -> List.of();
        };
    }

    /** Takes a state from the bus; an older one than is known changes nothing. */
    public void put(Silence silence) {
        Silence known = silences.get(silence.id());
        if (known == null || !known.updatedAt().isAfter(silence.updatedAt())) {
            if (known != null) {
                index(known).remove(known.id());
                budget.add(-known.bytes());
            }
            budget.add(silence.bytes());
            silences.put(silence.id(), silence);
            index(silence).put(silence.id(), silence);
        }
    }

    private Map<String, Silence> index(Silence silence) {
        return silence.matchers().all().stream()
                .filter(matcher ->
                        matcher.operator() == Operator.EQUAL && !matcher.value().isEmpty())
                .findFirst()
                .map(matcher -> byValue.computeIfAbsent(matcher, key -> new HashMap<>()))
                .orElse(byNothing);
    }

    public Optional<Silence> get(String id) {
        return Optional.ofNullable(silences.get(id));
    }

    public int size() {
        return silences.size();
    }

    /** The ids of the silences that keep these labels quiet now, sorted. */
    public List<String> silencing(LabelSet labels, Instant now) {
        List<String> ids = new ArrayList<>();
        collect(byNothing.values(), labels, now, ids);
        if (!byValue.isEmpty()) {
            labels.forEach((name, value) -> {
                Map<String, Silence> some = byValue.get(LabelMatcher.equal(name, value));
                if (some != null) {
                    collect(some.values(), labels, now, ids);
                }
            });
        }
        ids.sort(null);
        return ids;
    }

    private static void collect(Collection<Silence> from, LabelSet labels, Instant now, List<String> into) {
        for (Silence silence : from) {
            if (silence.stateAt(now) == State.ACTIVE && silence.matchers().matches(labels)) {
                into.add(silence.id());
            }
        }
    }

    /**
     * Those that have all the given matchers among their own: active ones by their end, pending ones by their start,
     * expired ones with the latest end first.
     */
    public List<Silence> list(List<LabelMatcher> filter, Instant now) {
        Stream<Silence> matching = silences.values().stream()
                .filter(silence -> silence.matchers().all().containsAll(filter));
        return matching.sorted(Comparator.comparing((Silence silence) -> silence.stateAt(now))
                        .thenComparing((a, b) -> byTime(a, b, a.stateAt(now)))
                        .thenComparing(Silence::id))
                .toList();
    }

    private static int byTime(Silence a, Silence b, State state) {
        return switch (state) {
            case ACTIVE -> a.endsAt().compareTo(b.endsAt());
            case PENDING -> a.startsAt().compareTo(b.startsAt());
            case EXPIRED -> b.endsAt().compareTo(a.endsAt());
        };
    }

    /** Drops what ended longer ago than the retention; their ids, to be removed from the bus. */
    public List<String> collect(Instant now, Duration retention) {
        List<Silence> old = silences.values().stream()
                .filter(silence -> silence.endsAt().plus(retention).isBefore(now))
                .toList();
        old.forEach(silence -> remove(silence.id()));
        byValue.values().removeIf(Map::isEmpty);
        return old.stream().map(Silence::id).toList();
    }

    /** Forgets a silence that somebody dropped. */
    public void remove(String id) {
        Silence silence = silences.remove(id);
        if (silence != null) {
            budget.add(-silence.bytes());
            index(silence).remove(id);
        }
    }
}
