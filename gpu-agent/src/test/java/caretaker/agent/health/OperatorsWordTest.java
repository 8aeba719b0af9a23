package caretaker.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.Readings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the operator says of a host's GPUs and links counts more than what was seen there. */
class OperatorsWordTest {
    private final Readings readings = new Readings();
    private final GpuReading gpu =
            readings.gpuCount(1).getFirst().uuid("GPU-3").index(3).state(GpuState.OK);
    private long nanos = 1;

    private static GpuRules rules(int nvlinks) {
        return new GpuRules(
                Finding.host("node-1"), new RuleSettings(Map.of(), RuleSettings.DEFAULT.throttle(), 50, nvlinks));
    }

    /** What is raised after five minutes. */
    private List<Condition> raised(GpuRules rules) {
        List<Finding> raised = List.of();
        for (int i = 0; i < 300; i++) {
            nanos += Duration.ofSeconds(1).toNanos();
            gpu.state(GpuState.OK);
            raised = rules.judge(Tier.SLOW, readings, List.of(), nanos).raised();
        }
        return raised.stream().map(Finding::condition).toList();
    }

    @Test
    void asManyGpusAsAreExpectedAreEnoughWhateverElseIsOnTheBus() {
        readings.gpuCounts(7, 7, 8);
        assertThat(raised(rules(0))).isEmpty();
        readings.gpuCounts(8, 7, 8);
        assertThat(raised(rules(0))).containsExactly(Condition.GPU_COUNT_MISMATCH);
    }

    @Test
    void whereNoLinksAreWantedThoseThatWereUpAreForgotten() {
        // Given
        readings.gpuCounts(1, 1, 1);
        gpu.set(Column.NVLINK_EXPECTED, 12);
        gpu.set(Column.NVLINK_ACTIVE, 4);
        GpuRules first = rules(0);
        raised(first);

        // When: somebody takes the bridge out
        gpu.set(Column.NVLINK_ACTIVE, 0);
        assertThat(raised(first)).containsExactly(Condition.GPU_NVLINK_DOWN);
        GpuRules none = rules(RuleSettings.NO_NVLINKS);
        none.restore(first.memory());
        assertThat(raised(none)).isEmpty();

        // Then
        GpuRules later = rules(0);
        later.restore(none.memory());
        assertThat(raised(later)).isEmpty();
    }
}
