package caretaker.alerts.routing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Matchers that must all hold, sorted by name, value and operator. None at all match everything. */
public record Matchers(List<LabelMatcher> all) {
    public static final Matchers NONE = new Matchers(List.of());

    public Matchers {
        List<LabelMatcher> sorted = new ArrayList<>(all);
        sorted.sort(Comparator.naturalOrder());
        all = List.copyOf(sorted);
    }

    public static Matchers of(LabelMatcher... matchers) {
        return new Matchers(List.of(matchers));
    }

    /** These and those. */
    public Matchers and(Collection<LabelMatcher> more) {
        List<LabelMatcher> both = new ArrayList<>(all);
        both.addAll(more);
        return new Matchers(both);
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    public boolean matches(LabelSet labels) {
        for (int i = 0; i < all.size(); i++) {
            if (!all.get(i).matches(labels)) {
                return false;
            }
        }
        return true;
    }

    /** Whether an alert without any of the labels would match too. */
    public boolean matchTheEmpty() {
        return all.stream().allMatch(matcher -> matcher.matches(""));
    }

    /** <code>{a="b",c=~"d"}</code>, which is part of route keys. */
    @Override
    public String toString() {
        return all.stream().map(LabelMatcher::toString).collect(Collectors.joining(",", "{", "}"));
    }
}
