package caretaker.agent.nvml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MigTest {
    private static final int INVALID_ARGUMENT = NvmlReturn.INVALID_ARGUMENT.code();
    private static final String HALVES = """
            gpu 0 mig 1
            gpu 0 instance 0 7 0 1g.10gb 10737418240 1073741824 16 1
            gpu 0 instance 2 5 1 3g.40gb 42949672960 2147483648 60 3
            """;

    private final TestNvml driver = TestNvml.load();

    @AfterEach
    void theCallerDidNothingWrong() {
        assertThat(driver.violations()).isEmpty();
    }

    @Test
    void theDevicesOfAGpuAreFoundOverTheHolesBetweenThem() {
        // Given
        driver.scenario(HALVES);
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        Mig mig = nvml.mig();
        // Then
        assertThat(mig.mostDevices(gpu)).isEqualTo(7);
        assertThat(mig.device(gpu, 0).found()).isTrue();
        assertThat(mig.device(gpu, 1).code()).isEqualTo(NvmlReturn.NOT_FOUND.code());
        GpuHandle third = mig.device(gpu, 2).gpu();
        assertThat(mig.gpuInstance(third)).isEqualTo(5);
        assertThat(mig.computeInstance(third)).isEqualTo(1);
        assertThat(mig.attributes(third)).isZero();
        assertThat(mig.multiprocessors()).isEqualTo(60);
        assertThat(mig.gpuSlices()).isEqualTo(3);
        assertThat(mig.computeSlices()).isEqualTo(3);
        assertThat(mig.memoryMebibytes()).isEqualTo(40_960);
        assertThat(nvml.identity().name(third).text()).isEqualTo("NVIDIA H100 80GB HBM3 MIG 3g.40gb");
        assertThat(nvml.identity().uuid(third).text()).startsWith("MIG-");
        assertThat(nvml.load().memory(third)).isZero();
        assertThat(nvml.load().memoryUsedBytes()).isEqualTo(2_147_483_648L);
        assertThat(nvml.load().memoryTotalBytes()).isEqualTo(42_949_672_960L);
        assertThat(mig.device(gpu, 7).code()).isEqualTo(INVALID_ARGUMENT);
    }

    @Test
    void aHandleDiesWithItsInstanceOrWithMig() {
        // Given
        driver.scenario(HALVES);
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        GpuHandle first = nvml.mig().device(gpu, 0).gpu();
        GpuHandle third = nvml.mig().device(gpu, 2).gpu();
        // When one is made anew and then MIG is switched off
        driver.apply("gpu 0 instance 0 gone\ngpu 0 instance 0 8 0 1g.10gb 10737418240 0 16 1");
        assertThat(nvml.load().memory(first)).isEqualTo(INVALID_ARGUMENT);
        assertThat(nvml.load().memory(third)).isZero();
        driver.apply("gpu 0 mig 0");
        // Then
        assertThat(nvml.load().memory(third)).isEqualTo(INVALID_ARGUMENT);
        assertThat(nvml.mig().device(gpu, 0).code()).isEqualTo(NvmlReturn.NOT_SUPPORTED.code());
    }
}
