package caretaker.alerts.routing;

import java.util.ArrayList;
import java.util.List;

/**
 * Alerts that match {@code target} are quiet while every source has a firing alert.
 *
 * @param name for people and logs; may be empty
 * @param sources one in the classic form, several in {@code sources:}; all must be there
 */
public record InhibitRule(String name, Matchers target, List<Source> sources) {
    public InhibitRule {
        sources = List.copyOf(sources);
    }

    /**
     * Alerts that make others quiet.
     *
     * @param equal labels whose values must be the same on both sides; missing and empty are the same
     */
    public record Source(Matchers matchers, List<String> equal) {
        public Source {
            equal = equal.stream().distinct().sorted().toList();
        }

        /** The values that must be the same. */
        List<String> valuesOf(LabelSet labels) {
            List<String> values = new ArrayList<>(equal.size());
            equal.forEach(name -> values.add(labels.get(name)));
            return values;
        }
    }

    public static InhibitRule of(Matchers source, Matchers target, String... equal) {
        return new InhibitRule("", target, List.of(new Source(source, List.of(equal))));
    }
}
