package caretaker.agent.poll;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.health.Finding;
import caretaker.agent.health.KnownGpu;
import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.Readings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostPollTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FakeHost host = new FakeHost(Intervals.DEFAULT);

    @Test
    void tiersComeWhenTheyAreDue() {
        for (int second = 0; second <= 3600; second++) {
            host.poll.poll();
            host.advance(SECOND);
        }
        assertThat(host.tiers.getFirst()).isEqualTo(Tier.RARE);
        assertThat(host.tiers.get(1)).isEqualTo(Tier.FAST);
        assertThat(host.tiers.get(30)).isEqualTo(Tier.SLOW);
        assertThat(host.tiers.stream().filter(tier -> tier == Tier.SLOW)).hasSize(119);
        assertThat(host.tiers.getLast()).isEqualTo(Tier.RARE);
    }

    @Test
    void identityIsInTheFirstRecordInEachSlowOneAndWhenItChanges() {
        host.poll.poll();
        assertThat(host.last().gpus())
                .allSatisfy(gpu -> assertThat(gpu.identity()).isNotNull());
        assertThat(host.last().info()).isNotNull();
        host.advance(SECOND);
        host.poll.poll();
        assertThat(host.last().gpus())
                .allSatisfy(gpu -> assertThat(gpu.identity()).isNull());
        assertThat(host.last().info()).isNull();
        host.identity = FakeHost.identity("two");
        host.advance(SECOND);
        host.poll.poll();
        assertThat(host.last().gpus())
                .allSatisfy(gpu -> assertThat(gpu.identity()).isEqualTo(host.identity));
        host.advance(SECOND.multipliedBy(28));
        host.poll.poll();
        assertThat(host.last().gpus())
                .allSatisfy(gpu -> assertThat(gpu.identity()).isNotNull());
        assertThat(host.records).extracting(Readings::sequence).containsExactly(1L, 2L, 3L, 4L);
        assertThat(host.last().host()).isEqualTo("node-1");
        assertThat(host.last().agentId()).isEqualTo("agent");
        assertThat(host.last().intervalMillis()).isEqualTo(1000);
    }

    @Test
    void aConditionIsRaisedOnceAndClearedOnce() {
        var finding = new Finding(Condition.GPU_LOST, Finding.gpu("GPU-1", 1), "15", "gone", Map.of());
        host.poll.poll();
        host.findings = List.of(finding);
        host.poll.poll();
        host.poll.poll();
        host.findings = List.of();
        host.poll.poll();
        host.poll.poll();
        assertThat(host.events)
                .extracting(HealthEvent::state)
                .containsExactly(HealthEvent.State.RAISED, HealthEvent.State.CLEARED);
        assertThat(host.events).extracting(HealthEvent::sequence).containsExactly(1L, 2L);
    }

    @Test
    void aCallThatRunsForThreeIntervalsIsSaidAtOnceAndEachIntervalUntilItComesBack() {
        host.poll.poll();
        host.during = () -> {
            host.advance(SECOND.multipliedBy(3).minusNanos(1));
            assertThat(host.poll.watch()).isEqualTo(Duration.ofNanos(1));
            assertThat(host.poll.isHung()).isFalse();

            host.advance(Duration.ofNanos(1));
            host.poll.watch();
            assertThat(host.poll.isHung()).isTrue();
            assertThat(host.last().gpus()).hasSize(2).allSatisfy(HostPollTest::isHung);
            assertThat(host.last().gpusExpected()).isEqualTo(2);
            assertThat(host.records).hasSize(2);

            host.poll.watch();
            assertThat(host.records).hasSize(2);
            host.advance(SECOND);
            host.poll.watch();
            assertThat(host.records).hasSize(3);
        };
        host.poll.poll();
        assertThat(host.poll.isHung()).isFalse();
        assertThat(host.records).hasSize(4);
        assertThat(host.last().gpus()).allSatisfy(gpu -> assertThat(gpu.state()).isEqualTo(GpuState.OK));
        assertThat(host.records).extracting(Readings::sequence).containsExactly(1L, 2L, 3L, 4L);
        assertThat(host.stuck).containsExactly("nvmlDeviceGetPowerUsage true", "nvmlDeviceGetPowerUsage false");
        assertThat(host.events).hasSize(2).allSatisfy(event -> {
            assertThat(event.condition()).isEqualTo(Condition.GPU_HUNG);
            assertThat(event.entity().name()).isEqualTo("GPU 1");
            assertThat(event.evidence()).containsEntry("call", "nvmlDeviceGetPowerUsage");
        });
    }

    private static void isHung(GpuReading gpu) {
        assertThat(gpu.state()).isEqualTo(GpuState.HUNG);
        assertThat(gpu.uuid()).startsWith("GPU-");
        assertThat(gpu.identity()).isNotNull();
        assertThat(gpu.size()).isZero();
    }

    @Test
    void aCallThatHangsBeforeAnyGpuIsKnownIsAMatterOfTheHost() {
        host.during = () -> {
            host.advance(SECOND.multipliedBy(3));
            host.poll.watch();
        };
        host.poll.poll();
        assertThat(host.records.getFirst().gpus()).isEmpty();
        assertThat(host.events.getFirst().entity()).isEqualTo(Finding.host("node-1"));
    }

    @Test
    void aCallThatHangsAfterARestartIsToldOfTheGpusThatThereWere() {
        var restarted = new FakeHost(
                Intervals.DEFAULT,
                List.of(
                        new KnownGpu("GPU-0", 0, FakeHost.identity("one")),
                        new KnownGpu("GPU-1", 1, FakeHost.identity("one"))));
        restarted.during = () -> {
            restarted.advance(SECOND.multipliedBy(3));
            restarted.poll.watch();
        };
        restarted.poll.poll();
        Readings hung = restarted.records.getFirst();
        assertThat(hung.gpus()).hasSize(2).allSatisfy(HostPollTest::isHung);
        assertThat(hung.gpusExpected()).isEqualTo(2);
        assertThat(hung.gpusVisible()).isEqualTo(Readings.UNKNOWN);
        assertThat(restarted.events.getFirst().entity().name()).isEqualTo("GPU 1");
    }

    @Test
    void aWallClockThatJumpsMovesTimestampsAndNothingElse() {
        host.poll.poll();
        host.wall.advance(Duration.ofDays(-3));
        host.nanos.addAndGet(SECOND.toNanos());
        host.poll.poll();
        host.wall.advance(Duration.ofDays(6));
        host.nanos.addAndGet(SECOND.toNanos());
        host.poll.poll();
        assertThat(host.tiers).containsExactly(Tier.RARE, Tier.FAST, Tier.FAST);
        assertThat(host.records.get(1).timeUnixMillis())
                .isEqualTo(host.records.get(0).timeUnixMillis()
                        - Duration.ofDays(3).toMillis());
        assertThat(host.last().gpus().getFirst().get(Column.TEMPERATURE_CELSIUS))
                .isEqualTo(40);
        assertThat(host.events).isEmpty();
    }
}
