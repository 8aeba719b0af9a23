package caretaker.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.cli.fleet.FleetCheck.Status;
import caretaker.contracts.Column;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuState;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Entity;
import caretaker.contracts.HealthEvent.State;
import caretaker.contracts.HealthEventCodec;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is made of the records of the bus. */
class FleetTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final String GPU = "GPU-1";

    private final FleetView view = new FleetView();
    private long sequence;

    @Test
    void aHostIsWellWhenItsReadingsAreFreshAndItsGpusAnswer() {
        readings("node-1", GpuState.OK, NOW);
        assertThat(check(NOW.plusSeconds(4))).isEqualTo(Status.OK);
        assertThat(check(NOW.plusSeconds(6))).isEqualTo(Status.FAIL); // three intervals of a second, two for the way
    }

    @Test
    void aGpuThatDoesNotAnswerAndOneThatIsMissingAreFailures() {
        readings("node-1", GpuState.LOST, NOW);
        assertThat(check(NOW)).isEqualTo(Status.FAIL);
        readings("node-1", GpuState.DEGRADED, NOW);
        assertThat(check(NOW)).isEqualTo(Status.OK);
        var fewer = record("node-1", GpuState.OK, NOW).gpuCounts(2, 1, 2);
        view.readings(new ReadingsCodec().encode(fewer), NOW);
        assertThat(check(NOW)).isEqualTo(Status.FAIL);
    }

    @Test
    void aHostThatShouldBeThereAndSaysNothingIsAFailure() {
        readings("node-1", GpuState.OK, NOW);
        view.expect("node-2");
        assertThat(FleetCheck.judge(view.hosts(), NOW))
                .filteredOn(check -> check.status() == Status.FAIL)
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.host()).isEqualTo("node-2");
                    assertThat(check.message()).isEqualTo("no readings");
                });
    }

    @Test
    void whatIsRaisedCountsByItsSeverityUntilItIsCleared() {
        readings("node-1", GpuState.OK, NOW);
        event("a", Condition.GPU_PERSISTENCE_OFF, State.RAISED, false);
        assertThat(check(NOW)).isEqualTo(Status.OK);
        event("a", Condition.GPU_POWER_BRAKE, State.RAISED, false);
        assertThat(check(NOW)).isEqualTo(Status.WARN);
        event("a", Condition.GPU_LOST, State.RAISED, false);
        assertThat(check(NOW)).isEqualTo(Status.FAIL);
        event("b", Condition.GPU_LOST, State.CLEARED, false); // by a later run of the agent
        event("b", Condition.GPU_POWER_BRAKE, State.CLEARED, false);
        assertThat(check(NOW)).isEqualTo(Status.OK);
        assertThat(view.hosts().iterator().next().conditions()).hasSize(1);
    }

    @Test
    void aDrillIsShownAndNeitherCountsNorClears() {
        readings("node-1", GpuState.OK, NOW);
        event("drill-1", Condition.GPU_LOST, State.RAISED, true);
        assertThat(check(NOW)).isEqualTo(Status.OK);
        assertThat(view.hosts().iterator().next().conditions()).hasSize(1);
        event("a", Condition.GPU_LOST, State.RAISED, false);
        event("drill-2", Condition.GPU_LOST, State.CLEARED, true);
        assertThat(check(NOW)).isEqualTo(Status.FAIL);
        HostView host = view.hosts().iterator().next();
        assertThat(host.conditions()).singleElement().matches(event -> !event.drill());
        assertThat(host.isOfFormerRun(host.conditions().getFirst())).isFalse();
    }

    @Test
    void theLatestXidIsRemembered() {
        event("a", Condition.GPU_XID, State.OCCURRED, false);
        assertThat(view.conditions().lastXid(GPU)).hasValue(new RaisedConditions.Xid("79", NOW));
        assertThat(view.conditions().of("node-1")).isEmpty();
    }

    @Test
    void whatCannotBeReadIsCountedAndLeftOut() {
        view.event(new byte[] {'{'});
        assertThat(view.readings(new byte[] {1, 2, 3}, NOW)).isNull();
        assertThat(view.unreadable()).isEqualTo(2);
        assertThat(view.hosts()).isEmpty();
    }

    @Test
    void throttlingIsCountedByTheDriverOrByReadings() {
        // Given
        var throttling = new Throttling();
        for (int i = 0; i <= 10; i++) {
            var record = record("node-1", GpuState.OK, NOW.plusSeconds(i));
            var gpu = record.gpus().getFirst();
            gpu.set(Column.CLOCK_EVENT_POWER_NANOSECONDS, 5_000_000_000L + i * 250_000_000L);
            gpu.set(Column.CLOCK_EVENT_THERMAL_NANOSECONDS, 7);
            gpu.set(Column.CLOCK_EVENT_REASONS, i > 5 ? 0x81 : 0x01); // power brake, and idle, which is harmless
            throttling.apply(record);
        }

        // Then
        assertThat(throttling.held()).singleElement().satisfies(held -> {
            assertThat(held.observedSeconds()).isEqualTo(10);
            assertThat(held.reasons())
                    .containsExactly(
                            new Throttling.Reason("hw_power_brake", 0.5, 5, false),
                            new Throttling.Reason("power", 0.25, 2.5, true));
        });
    }

    @Test
    void aNewRunOfTheAgentBeginsANewStretch() {
        var throttling = new Throttling();
        for (int i = 0; i < 4; i++) {
            var record = record("node-1", GpuState.OK, NOW.plusSeconds(i)).agentId(i < 2 ? "a" : "b");
            record.gpus().getFirst().set(Column.CLOCK_EVENT_POWER_NANOSECONDS, i < 2 ? 0 : 900_000_000_000L);
            throttling.apply(record);
        }
        assertThat(throttling.held()).singleElement().satisfies(held -> {
            assertThat(held.observedSeconds()).isEqualTo(2);
            assertThat(held.reasons()).isEmpty();
        });
    }

    private Status check(Instant now) {
        return FleetCheck.worst(FleetCheck.judge(view.hosts(), now));
    }

    private void readings(String host, GpuState state, Instant seen) {
        view.readings(new ReadingsCodec().encode(record(host, state, seen)), seen);
    }

    private Readings record(String host, GpuState state, Instant time) {
        var readings = new Readings()
                .host(host)
                .agentId("a")
                .sequence(++sequence)
                .timeUnixMillis(time.toEpochMilli())
                .intervalMillis((int) Duration.ofSeconds(1).toMillis());
        readings.gpuCount(1).getFirst().uuid(GPU).state(state);
        return readings;
    }

    private void event(String agentId, Condition condition, State state, boolean drill) {
        view.event(new HealthEventCodec()
                .encode(new HealthEvent(
                        "node-1",
                        agentId,
                        ++sequence,
                        NOW,
                        condition,
                        state,
                        condition.severity(),
                        new Entity(Entity.Kind.GPU, GPU, "GPU 1"),
                        "79",
                        "message",
                        condition.action(),
                        Map.of(),
                        drill)));
        assertThat(List.of(view.unreadable())).containsExactly(0L);
    }
}
