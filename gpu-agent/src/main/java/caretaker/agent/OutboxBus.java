package caretaker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.agent.poll.Bus;
import caretaker.chassis.Outbox;
import caretaker.chassis.Outgoing;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEventCodec;
import caretaker.contracts.HostInventory;
import caretaker.contracts.HostInventoryCodec;
import caretaker.contracts.Topic;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Puts a host's records into the outbox: readings may give way to newer ones, events may not. */
final class OutboxBus implements Bus {
    private final Outbox outbox;
    private final AgentMetrics metrics;
    private final HealthEventCodec events = new HealthEventCodec();
    private final HostInventoryCodec inventories = new HostInventoryCodec();
    private final Map<String, byte[]> keys = new ConcurrentHashMap<>();

    OutboxBus(Outbox outbox, AgentMetrics metrics) {
        this.outbox = outbox;
        this.metrics = metrics;
        outbox.whenSettled(Topic.HEALTH.fullName(), (isSent, delay) -> metrics.published(Topic.HEALTH, isSent, delay));
    }

    @Override
    public void readings(String host, byte[] record) {
        var _ = send(Topic.READINGS, host, record);
    }

    /** Is kept until a broker has it. */
    void event(HealthEvent event) {
        if (!outbox.offer(Topic.HEALTH.fullName(), key(event.host()), events.encode(event))) {
            metrics.published(Topic.HEALTH, false, Duration.ZERO);
        }
    }

    /** Only the newest says anything, so the publisher has one under way at a time. */
    void inventory(HostInventory inventory, Consumer<Boolean> done) {
        send(Topic.INVENTORY, inventory.host(), inventories.encode(inventory))
                .onComplete(result -> done.accept(result.succeeded()));
    }

    private Future<Void> send(Topic topic, String host, byte[] record) {
        long offered = metrics.nanos();
        return outbox.send(new Outgoing(topic.fullName(), key(host), record))
                .onComplete(result ->
                        metrics.published(topic, result.succeeded(), Duration.ofNanos(metrics.nanos() - offered)));
    }

    private byte[] key(String host) {
        return keys.computeIfAbsent(host, name -> name.getBytes(UTF_8));
    }
}
