package caretaker.alerts.api;

import caretaker.alerts.routing.LabelMatcher;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.alerts.state.AlertQuery;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the parameters behind the question mark ask for. */
final class Question {
    /** Alertmanager takes everything else for false. */
    private static final Set<String> TRUE =
            Set.of("true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled");

    private Question() {}

    static AlertQuery alerts(RoutingContext context, MatcherSyntax syntax) throws ApiError {
        return new AlertQuery(
                flag(context, "active"),
                flag(context, "silenced"),
                flag(context, "inhibited"),
                flag(context, "muted"),
                matchers(context, "filter", syntax),
                receiver(context),
                matchers(context, "receiver_matchers", syntax));
    }

    /** True unless it is there and says something else. */
    static boolean flag(RoutingContext context, String name) {
        List<String> values = context.queryParam(name);
        return values.isEmpty()
                || values.getLast().isEmpty()
                || TRUE.contains(values.getLast().toLowerCase(Locale.ROOT));
    }

    static List<LabelMatcher> matchers(RoutingContext context, String name, MatcherSyntax syntax) throws ApiError {
        List<LabelMatcher> all = new ArrayList<>();
        for (String text : context.queryParam(name)) {
            try {
                all.add(syntax.one(text, _ -> {}));
            } catch (IllegalArgumentException e) {
                throw ApiError.text(400, "bad matcher format: " + e.getMessage());
            }
        }
        return all;
    }

    /** A matcher of the name, which bounds what a regular expression may cost. */
    private static @Nullable LabelMatcher receiver(RoutingContext context) throws ApiError {
        List<String> values = context.queryParam("receiver");
        if (values.isEmpty() || values.getLast().isEmpty()) {
            return null;
        }
        try {
            return new LabelMatcher(LabelMatcher.Operator.REGEX, "receiver", values.getLast());
        } catch (IllegalArgumentException e) {
            throw ApiError.text(400, "failed to parse receiver param: " + e.getMessage());
        }
    }
}
