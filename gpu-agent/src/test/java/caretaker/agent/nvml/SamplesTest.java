package caretaker.agent.nvml;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SamplesTest {
    private final TestNvml driver = TestNvml.load();

    @AfterEach
    void theCallerDidNothingWrong() {
        assertThat(driver.violations()).isEmpty();
    }

    @Test
    void aSpikeBetweenTwoPollsIsSeenInTheRingOnly() {
        // Given
        driver.scenario("gpu 0 utilization 12\ngpu 0 spike utilization 97 at 12s for 400ms\n");
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        Samples samples = nvml.samples(Samples.GPU_PERCENT);
        driver.advance(Duration.ofSeconds(10));
        assertThat(samples.read(gpu, 0)).isZero();
        assertThat(samples.maximum()).isEqualTo(12);
        // When
        driver.advance(Duration.ofSeconds(5));
        // Then
        assertThat(nvml.load().utilization(gpu)).isZero();
        assertThat(nvml.load().gpuPercent()).isEqualTo(12);
        assertThat(samples.read(gpu, samples.newestUs())).isZero();
        assertThat(samples.maximum()).isEqualTo(97);
        assertThat(samples.minimum()).isEqualTo(12);
        assertThat(samples.average()).isBetween(12.0, 30.0);
        assertThat(samples.count()).isEqualTo(30);
    }

    @Test
    void whatWasSeenIsNotToldAgain() {
        // Given
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        Samples samples = nvml.samples(Samples.POWER_MILLIWATTS);
        driver.advance(Duration.ofSeconds(1));
        assertThat(samples.read(gpu, 0)).isZero();
        assertThat(samples.count()).isEqualTo(51);
        assertThat(samples.newestUs()).isEqualTo(TestNvml.BEGIN_US + 1_000_000);
        // When
        int code = samples.read(gpu, samples.newestUs());
        // Then
        assertThat(NvmlReturn.of(code).treatment()).isEqualTo(Treatment.NOTHING);
        assertThat(samples.count()).isZero();
        assertThat(Answer.isValue(samples.maximum())).isFalse();
        assertThat(samples.average()).isNaN();
        assertThat(samples.newestUs()).isEqualTo(TestNvml.BEGIN_US + 1_000_000);
    }

    @Test
    void blankSamplesDoNotCount() {
        driver.scenario("gpu 0 power blank\n");
        Nvml nvml = driver.start();
        Samples samples = nvml.samples(Samples.POWER_MILLIWATTS);
        assertThat(samples.read(nvml.gpuByIndex(0).gpu(), 0)).isZero();
        assertThat(samples.count()).isZero();
    }

    @Test
    void underMigThereAreNoUtilizationSamples() {
        driver.scenario("gpu 0 mig 1\n");
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        assertThat(nvml.samples(Samples.GPU_PERCENT).read(gpu, 0)).isEqualTo(NvmlReturn.NOT_SUPPORTED.code());
        assertThat(nvml.samples(Samples.MEMORY_PERCENT).read(gpu, 0)).isEqualTo(NvmlReturn.NOT_SUPPORTED.code());
        assertThat(nvml.samples(Samples.POWER_MILLIWATTS).read(gpu, 0)).isZero();
    }
}
