package caretaker.agent.sampling;

import static caretaker.agent.sampling.NvmlHost.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.health.KnownGpu;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** GPUs that are known although their driver does not name them: from a former run, or from before it went away. */
class NvmlRestartTest {
    private final NvmlHost host = new NvmlHost("");

    @AfterEach
    void theDriverWasUsedAsItMustBe() {
        host.close();
        assertThat(host.driver.violations()).isEmpty();
    }

    private void scenario(String text) {
        host.close();
        host.driver.scenario(text);
        host.start();
    }

    private List<Condition> after(Duration step, Tier tier) {
        host.advance(step);
        return host.conditions(tier);
    }

    @Test
    void afterARestartWithoutADriverTheGpusAreStillKnown() {
        scenario("gpus 2");
        host.poll(Tier.RARE);
        List<KnownGpu> known = host.source().known();
        scenario("gpus 2\ncall nvmlInit* error 9");
        host.source().restore(known);
        assertThat(host.conditions(Tier.RARE)).containsExactly(Condition.GPU_DRIVER_GONE);
        assertThat(host.readings.gpus())
                .hasSize(2)
                .allMatch(gpu -> gpu.state() == GpuState.UNBOUND)
                .extracting(GpuReading::uuid)
                .isEqualTo(known.stream().map(KnownGpu::uuid).toList());
        assertThat(host.source().identity(1)).isEqualTo(known.get(1).identity());
        assertThat(host.readings.gpusExpected()).isEqualTo(2);

        host.driver.apply("call nvmlInit* well");
        assertThat(after(SECOND.multipliedBy(30), Tier.FAST)).isEmpty();
        assertThat(host.readings.gpus()).hasSize(2).allMatch(gpu -> gpu.state() == GpuState.OK);
    }

    @Test
    void aGpuThatIsMissingAfterARestartIsLostUnlessAnotherIsInItsPlace() {
        scenario("gpus 3");
        host.poll(Tier.RARE);
        List<KnownGpu> three = host.source().known();
        scenario("gpus 2");
        host.source().restore(three);
        assertThat(host.conditions(Tier.RARE)).containsExactly(Condition.GPU_LOST);
        assertThat(host.gpu(2).state()).isEqualTo(GpuState.LOST);
        assertThat(host.gpu(2).uuid()).isEqualTo(three.get(2).uuid());
        assertThat(host.readings.gpusExpected()).isEqualTo(3);

        host.close();
        host.driver.scenario("gpus 2");
        host.start(2, Path.of("/nonexistent"));
        host.source().restore(three);
        assertThat(host.conditions(Tier.RARE)).isEmpty();
        assertThat(host.readings.gpus()).hasSize(2);

        scenario("gpus 3");
        host.source().restore(List.of(three.get(0), new KnownGpu("GPU-replaced", 1, GpuIdentity.NONE), three.get(2)));
        assertThat(host.conditions(Tier.RARE)).isEmpty();
        assertThat(host.readings.gpus())
                .extracting(GpuReading::uuid)
                .isEqualTo(three.stream().map(KnownGpu::uuid).toList());
    }

    @Test
    void aLostGpuIsNotFoundAgainByADriverThatGoesAway() {
        scenario("gpus 2\ngpu 1 lost at 5s");
        host.poll(Tier.RARE);
        assertThat(after(SECOND.multipliedBy(5), Tier.FAST)).containsExactly(Condition.GPU_LOST);
        host.driver.apply("call nvmlInit* error 9\ncall nvmlDeviceGetUtilizationRates error 9");
        assertThat(after(SECOND, Tier.FAST)).containsExactlyInAnyOrder(Condition.GPU_DRIVER_GONE, Condition.GPU_LOST);
        assertThat(host.gpu(0).state()).isEqualTo(GpuState.UNBOUND);
        assertThat(host.gpu(1).state()).isEqualTo(GpuState.LOST);
    }
}
