package caretaker.alerts.config;

import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.Integration.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Who is told, and in which ways. One without any way is told nothing, which some want.
 *
 * @param integrations all its ways, in Alertmanager's order
 */
public record Receiver(
        String name,
        Map<String, String> labels,
        List<WebhookConfig> webhooks,
        List<EmailConfig> emails,
        List<PagerdutyConfig> pagerduties,
        List<SlackConfig> slacks,
        List<Integration> integrations) {

    static Receiver of(Values values) {
        String name = values.text("name");
        List<WebhookConfig> webhooks = each(values, "webhook_configs", WebhookConfig::of);
        List<EmailConfig> emails = each(values, "email_configs", EmailConfig::of);
        List<PagerdutyConfig> pagerduties = each(values, "pagerduty_configs", PagerdutyConfig::of);
        List<SlackConfig> slacks = each(values, "slack_configs", SlackConfig::of);
        List<Integration> all = new ArrayList<>();
        add(all, name, Kind.WEBHOOK, webhooks, WebhookConfig::sendResolved);
        add(all, name, Kind.EMAIL, emails, EmailConfig::sendResolved);
        add(all, name, Kind.PAGERDUTY, pagerduties, PagerdutyConfig::sendResolved);
        add(all, name, Kind.SLACK, slacks, SlackConfig::sendResolved);
        return new Receiver(
                name, Map.copyOf(values.textMap("labels")), webhooks, emails, pagerduties, slacks, List.copyOf(all));
    }

    private static <T> List<T> each(Values values, String section, Function<Values, T> read) {
        return values.sections(section).stream().map(read).toList();
    }

    private static <T> void add(
            List<Integration> all, String name, Kind kind, List<T> ways, Predicate<T> sendResolved) {
        for (int i = 0; i < ways.size(); i++) {
            all.add(new Integration(name, kind, i, sendResolved.test(ways.get(i))));
        }
    }
}
