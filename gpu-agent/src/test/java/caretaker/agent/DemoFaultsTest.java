package caretaker.agent;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.containers.ContainerLookup;
import caretaker.agent.health.HealthLedger;
import caretaker.agent.poll.HostPoll;
import caretaker.agent.simulated.FaultScript;
import caretaker.agent.simulated.SimulatedSource;
import caretaker.agent.xid.XidListener;
import caretaker.agent.xid.XidTable;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.State;
import caretaker.contracts.Readings;
import caretaker.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The script of the demo, with the rules as they are: what a person sees who watches the events. */
class DemoFaultsTest {
    private static final int SECONDS = 600;

    private final List<HealthEvent> events = new ArrayList<>();
    private final Set<String> raised = new LinkedHashSet<>();

    private void play(String host) {
        var wall = new ManualClock();
        var nanos = new AtomicLong(1);
        var ledger = new HealthLedger(host, "agent", wall, event -> {
            events.add(event);
            String what = event.condition().wire() + " " + event.host() + " "
                    + event.entity().name();
            if (event.state() == State.RAISED) {
                assertThat(raised.add(what)).as(what).isTrue();
            } else if (event.state() == State.CLEARED) {
                assertThat(raised.remove(what)).as(what).isTrue();
            }
        });
        HostHealth health = HostHealth.of(
                host,
                ledger,
                new HostHealth.Surroundings(
                        GpuAgentConfig.defaults().health(),
                        false,
                        false,
                        XidTable.load(),
                        ContainerLookup.NONE,
                        XidListener.NONE,
                        new KernelLogMetrics(new SimpleMeterRegistry(), host),
                        new HostPoll.Clocks(wall, nanos::get),
                        (_, _) -> {}));
        var source = new SimulatedSource(
                new SimulatedSource.Host(host, 8, 1, Duration.ofSeconds(1), FaultScript.demo(), "test"),
                wall,
                (_, _) -> {},
                health.kernelLog()::said);
        var readings = new Readings();
        for (int second = 0; second < SECONDS; second++) {
            Tier tier = second == 0 ? Tier.RARE : second % 30 == 0 ? Tier.SLOW : Tier.FAST;
            var found = source.poll(tier, readings);
            List<@Nullable GpuIdentity> identities = new ArrayList<>();
            for (int i = 0; i < readings.gpus().size(); i++) {
                identities.add(source.identity(i));
            }
            health.polled(tier, readings, identities, found);
            ledger.settle("poll", found);
            wall.advance(Duration.ofSeconds(1));
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        }
    }

    @Test
    void everyFaultIsRaisedAndAllButOneIsClearedWithinTenMinutes() {
        for (String host : List.of("node-1", "node-2", "node-3", "node-4")) {
            play(host);
        }
        assertThat(events.stream().map(HealthEvent::condition).distinct())
                .contains(
                        Condition.GPU_XID,
                        Condition.GPU_ROW_REMAP_PENDING,
                        Condition.GPU_THERMAL_THROTTLING,
                        Condition.GPU_NVLINK_DOWN,
                        Condition.GPU_INFOROM_CORRUPT,
                        Condition.GPU_ECC_UNCORRECTED,
                        Condition.GPU_RECOVERY_ACTION,
                        Condition.GPU_LOST,
                        Condition.GPU_HUNG,
                        Condition.GPU_POWER_BRAKE,
                        Condition.GPU_PERSISTENCE_OFF,
                        Condition.GPU_PCIE_DEGRADED,
                        Condition.GPU_RESET_REQUIRED,
                        Condition.GPU_ROW_REMAP_FAILURE);
        assertThat(raised).containsExactly("gpu.row-remap-failure node-3 GPU 7");
        assertThat(events.stream().filter(event -> event.condition() == Condition.GPU_XID))
                .extracting(HealthEvent::code)
                .containsExactly("31", "48", "94", "79"); // and a 45, which follows the 31
    }
}
