package caretaker.agent;

import caretaker.agent.containers.Containers;
import caretaker.agent.health.HealthLedger;
import caretaker.agent.inventory.InventoryPublisher;
import caretaker.agent.inventory.LeftOut;
import caretaker.agent.poll.HostPoll;
import caretaker.chassis.Logs;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publishers of the hosts' inventories, and the timer that lets each look once a second whether it has something to
 * tell. Only the first host has containers: more than one host there is only where they are simulated.
 */
final class InventoryRounds {
    private static final Logger LOGGER = LoggerFactory.getLogger(InventoryRounds.class);
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final int MAX_LINES = 20;

    private final List<InventoryPublisher> publishers = new ArrayList<>();
    private List<LeftOut> said = List.of(); // of the event loop

    /** @param ledgers of the same hosts, which know what GPUs there were in a former run */
    InventoryRounds(
            GpuAgentConfig config,
            List<HostPoll.Publisher> hosts,
            List<HealthLedger> ledgers,
            HostPoll.Clocks clocks,
            OutboxBus bus) {
        for (int i = 0; i < hosts.size(); i++) {
            HostPoll.Publisher host = hosts.get(i);
            var publisher = new InventoryPublisher.Publisher(host.host(), host.agentId());
            var inventory = new InventoryPublisher(
                    publisher, config.inventory(), clocks.wall(), clocks.nanos(), bus::inventory);
            inventory.restore(ledgers.get(i).known());
            publishers.add(inventory);
        }
    }

    InventoryPublisher of(int host) {
        return publishers.get(host);
    }

    void start(Containers containers, Vertx vertx, MeterRegistry registry) {
        InventoryPublisher first = publishers.getFirst();
        containers.onChange(first::containers);
        first.containers(containers.snapshot());
        for (LeftOut.Reason reason : LeftOut.Reason.values()) {
            Gauge.builder("caretaker.agent.targets.left.out", first, publisher -> count(publisher, reason))
                    .description("Metrics targets, or labels of one, that containers ask for in vain")
                    .tag("reason", reason.label())
                    .register(registry);
        }
        vertx.setPeriodic(ROUND.toMillis(), _ -> round());
    }

    private static double count(InventoryPublisher publisher, LeftOut.Reason reason) {
        return publisher.leftOut().stream()
                .filter(each -> each.reason() == reason)
                .count();
    }

    private void round() {
        publishers.forEach(InventoryPublisher::tick);
        List<LeftOut> leftOut = publishers.getFirst().leftOut();
        if (!leftOut.equals(said)) {
            leftOut.stream()
                    .filter(each -> !said.contains(each))
                    .limit(MAX_LINES)
                    .forEach(each -> LOGGER.atWarn()
                            .addMarker(Logs.REPEATABLE)
                            .addKeyValue("container", each.container())
                            .addKeyValue("reason", each.reason().label())
                            .addKeyValue("value", each.what())
                            .log("a container's labels ask for a metrics target that it does not get"));
            said = leftOut;
        }
    }
}
