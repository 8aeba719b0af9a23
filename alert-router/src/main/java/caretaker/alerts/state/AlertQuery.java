package caretaker.alerts.state;

import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.LabelMatcher;
import com.google.re2j.Pattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which alerts are asked for.
 *
 * @param active whether those are shown that nothing keeps quiet
 * @param receiver matches the whole name; null for every receiver
 */
public record AlertQuery(
        boolean active,
        boolean silenced,
        boolean inhibited,
        boolean muted,
        List<LabelMatcher> filter,
        @Nullable Pattern receiver) {

    boolean matches(Alert alert) {
        return filter.stream().allMatch(matcher -> matcher.matches(alert.labels()));
    }

    boolean matchesReceiver(String name) {
        return receiver == null || receiver.matches(name);
    }

    boolean shows(AlertView view) {
        return (active || !view.isActive())
                && (silenced || view.silencedBy().isEmpty())
                && (inhibited || view.inhibitedBy().isEmpty())
                && (muted || view.mutedBy().isEmpty())
                && view.receivers().stream().anyMatch(this::matchesReceiver);
    }
}
