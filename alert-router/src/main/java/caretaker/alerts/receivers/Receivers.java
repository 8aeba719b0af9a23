package caretaker.alerts.receivers;

import caretaker.alerts.config.EmailConfig;
import caretaker.alerts.config.PagerdutyConfig;
import caretaker.alerts.config.Receiver;
import caretaker.alerts.config.SlackConfig;
import caretaker.alerts.config.WebhookConfig;
import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.ReceiverOptions;
import caretaker.alerts.template.Templates;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The senders of one receiver behind one gate: all its ways together make at most {@link Gate#CONNECTIONS} calls at
 * once. Made anew when the configuration is. Any thread.
 */
public final class Receivers implements AutoCloseable {
    /** How long a message waits for its turn before it is put back. */
    private static final Duration WAIT = Duration.ofSeconds(10);

    private final Gate gate;
    private final ReceiverOptions options;
    private final Map<Integration, Sender> senders = new LinkedHashMap<>();

    private Receivers(Receiver receiver, Templates templates, InstantSource clock, ReceiverOptions options, Gate gate) {
        this.gate = gate;
        this.options = options;
        for (Integration integration : receiver.integrations()) {
            senders.put(integration, sender(receiver, integration, templates, clock));
        }
    }

    /** The senders of a receiver. */
    public static Receivers of(
            Receiver receiver, Templates templates, InstantSource clock, ReceiverOptions options, Gate.Hits hits) {
        return new Receivers(receiver, templates, clock, options, new Gate(Gate.CONNECTIONS, WAIT, hits));
    }

    private Sender sender(Receiver receiver, Integration integration, Templates templates, InstantSource clock) {
        int index = integration.index();
        return switch (integration.kind()) {
            case WEBHOOK -> {
                WebhookConfig config = receiver.webhooks().get(index);
                yield gate.guard(new WebhookSender(config, templates, clock), Call.timeout(config.timeout()));
            }
            case SLACK -> {
                SlackConfig config = receiver.slacks().get(index);
                var slack = new SlackSender(config, templates, clock, options.slackReplyInThread());
                yield gate.guard(slack, Call.timeout(config.timeout()));
            }
            case PAGERDUTY -> {
                PagerdutyConfig config = receiver.pagerduties().get(index);
                yield gate.guard(new PagerdutySender(config, templates, clock), Call.timeout(config.timeout()));
            }
            case EMAIL -> {
                EmailConfig config = receiver.emails().get(index);
                yield gate.guard(new EmailSender(config, templates), Call.MAIL);
            }
        };
    }

    public List<Integration> integrations() {
        return List.copyOf(senders.keySet());
    }

    /**
     * The sender of one of {@link #integrations}.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    public Sender sender(Integration integration) {
        Sender sender = senders.get(integration);
        if (sender == null) {
            throw new IllegalArgumentException("no such integration: " + integration.name());
        }
        return sender;
    }

    /** What bounds them. */
    public Gate gate() {
        return gate;
    }

    @Override
    public void close() {
        senders.values().forEach(Sender::close);
    }
}
