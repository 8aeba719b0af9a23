package caretaker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.agent.poll.Bus;
import caretaker.chassis.Outbox;
import caretaker.chassis.Outgoing;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEventCodec;
import caretaker.contracts.Topic;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Puts a host's records into the outbox: readings may give way to newer ones, events may not. */
final class OutboxBus implements Bus {
    private final Outbox outbox;
    private final AgentMetrics metrics;
    private final Map<String, byte[]> keys = new ConcurrentHashMap<>();

    /** Loaded with the first event: it brings a JSON library along, and most agents have nothing to report. */
    private static final class Events {
        static final HealthEventCodec CODEC = new HealthEventCodec();
    }

    OutboxBus(Outbox outbox, AgentMetrics metrics) {
        this.outbox = outbox;
        this.metrics = metrics;
    }

    @Override
    public void readings(String host, byte[] record) {
        send(Topic.READINGS, host, record);
    }

    /** Is kept until a broker has it. */
    void event(HealthEvent event) {
        send(Topic.HEALTH, event.host(), Events.CODEC.encode(event));
    }

    private void send(Topic topic, String host, byte[] record) {
        long offered = metrics.nanos();
        outbox.send(new Outgoing(topic.fullName(), keys.computeIfAbsent(host, name -> name.getBytes(UTF_8)), record))
                .onComplete(result -> metrics.published(topic, result.succeeded(), offered));
    }
}
