package caretaker.alerts.state;

import caretaker.alerts.config.Receiver;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.LabelMatcher;
import caretaker.alerts.routing.LabelSet;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which alerts are asked for.
 *
 * @param active whether those are shown that nothing keeps quiet
 * @param receiver matches the whole name; null for every receiver
 * @param receiverMatchers hold of the receiver's labels
 */
public record AlertQuery(
        boolean active,
        boolean silenced,
        boolean inhibited,
        boolean muted,
        List<LabelMatcher> filter,
        @Nullable LabelMatcher receiver,
        List<LabelMatcher> receiverMatchers) {

    /** Whether the alert's labels are asked for. */
    public boolean matches(Alert alert) {
        for (LabelMatcher matcher : filter) {
            if (!matcher.matches(alert.labels())) {
                return false;
            }
        }
        return true;
    }

    /** Whether all matchers hold of the receiver's labels. */
    public static boolean matches(Receiver receiver, List<LabelMatcher> matchers) {
        var labels = LabelSet.of(receiver.labels());
        return matchers.stream().allMatch(matcher -> matcher.matches(labels));
    }

    /** The same question, of those too that a time interval keeps quiet. */
    AlertQuery evenMuted() {
        return new AlertQuery(active, silenced, inhibited, true, filter, receiver, receiverMatchers);
    }

    /** The names of the receivers that are asked for. */
    Set<String> receivers(Collection<Receiver> all) {
        return all.stream()
                .filter(one -> (receiver == null || receiver.matches(one.name())) && matches(one, receiverMatchers))
                .map(Receiver::name)
                .collect(Collectors.toSet());
    }

    boolean shows(AlertView view, Set<String> receivers) {
        return (active || !view.isActive())
                && (silenced || view.silencedBy().isEmpty())
                && (inhibited || view.inhibitedBy().isEmpty())
                && (muted || view.mutedBy().isEmpty())
                && view.receivers().stream().anyMatch(receivers::contains);
    }
}
