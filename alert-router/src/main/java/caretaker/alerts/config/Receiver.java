package caretaker.alerts.config;

import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.Integration.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Who is told, and in which ways. One without any way is told nothing, which some want. */
public record Receiver(
        String name,
        Map<String, String> labels,
        List<WebhookConfig> webhooks,
        List<EmailConfig> emails,
        List<PagerdutyConfig> pagerduties,
        List<SlackConfig> slacks) {

    static Receiver of(Values values) {
        return new Receiver(
                values.text("name"),
                Map.copyOf(values.textMap("labels")),
                values.sections("webhook_configs").stream()
                        .map(WebhookConfig::of)
                        .toList(),
                values.sections("email_configs").stream().map(EmailConfig::of).toList(),
                values.sections("pagerduty_configs").stream()
                        .map(PagerdutyConfig::of)
                        .toList(),
                values.sections("slack_configs").stream().map(SlackConfig::of).toList());
    }

    /** All its ways, in Alertmanager's order. */
    public List<Integration> integrations() {
        List<Integration> all = new ArrayList<>();
        add(
                all,
                Kind.WEBHOOK,
                webhooks.stream().map(WebhookConfig::sendResolved).toList());
        add(all, Kind.EMAIL, emails.stream().map(EmailConfig::sendResolved).toList());
        add(
                all,
                Kind.PAGERDUTY,
                pagerduties.stream().map(PagerdutyConfig::sendResolved).toList());
        add(all, Kind.SLACK, slacks.stream().map(SlackConfig::sendResolved).toList());
        return all;
    }

    private void add(List<Integration> all, Kind kind, List<Boolean> sendResolved) {
        for (int i = 0; i < sendResolved.size(); i++) {
            all.add(new Integration(name, kind, i, sendResolved.get(i)));
        }
    }
}
