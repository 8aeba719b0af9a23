package caretaker.agent.nvml;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessesTest {
    private final TestNvml driver = TestNvml.load();

    @AfterEach
    void theCallerDidNothingWrong() {
        assertThat(driver.violations()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 32})
    void rowsAreReadWhicheverLengthTheDriverGivesThem(int stride) {
        // Given
        driver.scenario("process-stride " + stride);
        for (int pid = 1; pid <= 100; pid++) {
            driver.apply("gpu 0 process " + pid + " compute " + pid * 1_000_000L);
        }
        driver.apply("gpu 0 process 500 graphics unknown\ngpu 0 process 600 mps 5 instance 3 0");
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        Processes processes = nvml.processes();
        // Then
        assertThat(processes.list(gpu, Processes.COMPUTE)).isZero();
        assertThat(processes.count()).isEqualTo(100);
        for (int row = 0; row < 100; row++) {
            assertThat(processes.pid(row)).isEqualTo(row + 1);
            assertThat(processes.memoryBytes(row)).isEqualTo((row + 1) * 1_000_000L);
            assertThat(processes.gpuInstance(row)).isEqualTo(Answer.BLANK);
        }
        assertThat(processes.list(gpu, Processes.GRAPHICS)).isZero();
        assertThat(processes.count()).isEqualTo(1);
        assertThat(processes.pid(0)).isEqualTo(500);
        assertThat(processes.memoryBytes(0)).isEqualTo(Answer.BLANK);
        assertThat(processes.list(gpu, Processes.MPS)).isZero();
        assertThat(processes.pid(0)).isEqualTo(600);
        assertThat(processes.gpuInstance(0)).isEqualTo(3);
        assertThat(processes.computeInstance(0)).isZero();
        driver.apply("gpu 0 process 600 ended");
        assertThat(processes.list(gpu, Processes.MPS)).isZero();
        assertThat(processes.count()).isZero();
        assertThat(processes.isTooLong()).isFalse();
    }

    @Test
    void theShareOfAProcessIsOfTheTimeSinceItWasLastSeen() {
        // Given
        driver.scenario("gpu 0 process 11 compute 1 sm 40\ngpu 0 process 12 compute 1");
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        Processes processes = nvml.processes();
        driver.advance(Duration.ofSeconds(2));
        // Then
        assertThat(processes.utilization(gpu, TestNvml.BEGIN_US)).isZero();
        assertThat(processes.samples()).isEqualTo(2);
        assertThat(processes.samplePid(1)).isEqualTo(11);
        assertThat(processes.smPercent(1)).isEqualTo(40);
        assertThat(processes.newestUs()).isEqualTo(TestNvml.BEGIN_US + 2_000_000);
        assertThat(processes.utilization(gpu, processes.newestUs())).isEqualTo(NvmlReturn.NOT_FOUND.code());
        assertThat(processes.samples()).isZero();
        assertThat(processes.newestUs()).isEqualTo(TestNvml.BEGIN_US + 2_000_000);
        driver.apply("gpu 0 mig 1");
        assertThat(processes.utilization(gpu, 0)).isEqualTo(NvmlReturn.NOT_SUPPORTED.code());
    }
}
