package caretaker.agent.nvml;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GpmTest {
    private static final int NO_DATA = NvmlReturn.NO_DATA.code();
    private static final List<Integer> METRICS = List.of(Gpm.SM_ACTIVE, Gpm.NVLINK_TRANSMIT, Gpm.FP64_ACTIVE);

    private final TestNvml driver = TestNvml.load();
    private long nanos = 1;

    @AfterEach
    void theCallerDidNothingWrong() {
        assertThat(driver.violations()).isEmpty();
    }

    private long after(Duration step) {
        driver.advance(step);
        nanos += step.toNanos();
        return nanos;
    }

    @Test
    void twoSamplesAreUsedAgainAndAgain() {
        // Given
        driver.scenario("gpu 0 gpm 2 87.125\ngpu 0 gpm 61 12.5\ngpu 0 gpm 11 blank");
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        Gpm gpm = nvml.gpm();
        Gpm.Window window = gpm.window(Gpm.WHOLE_GPU);
        // Then
        assertThat(gpm.supported(gpu)).isEqualTo(1);
        assertThat(window.take(gpu, nanos)).isZero();
        assertThat(window.read(METRICS)).isEqualTo(NO_DATA);
        assertThat(window.take(gpu, after(Duration.ofMillis(99)))).isEqualTo(NvmlReturn.NOT_READY.code());
        for (int i = 0; i < 5; i++) {
            assertThat(window.take(gpu, after(Duration.ofMillis(100)))).isZero();
            assertThat(window.read(METRICS)).isZero();
            assertThat(gpm.thousandths(0)).isEqualTo(87_125);
            assertThat(gpm.thousandths(1)).isEqualTo(12_500);
            assertThat(gpm.thousandths(2)).isEqualTo(Answer.BLANK);
        }
        window.free();
        assertThat(window.read(METRICS)).isEqualTo(NO_DATA);
        assertThat(nvml.shutdown()).isZero();
    }

    @Test
    void aPartOfAGpuHasAWindowOfItsOwn() {
        // Given
        driver.scenario("gpu 0 mig 1\ngpu 0 instance 0 7 0 1g.10gb 10737418240 0 16 1\ngpu 0 gpm-instance 7 2 33");
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        Gpm.Window window = nvml.gpm().window(7);
        Gpm.Window none = nvml.gpm().window(3);
        // Then
        assertThat(window.take(gpu, nanos)).isZero();
        assertThat(window.take(gpu, after(Duration.ofSeconds(1)))).isZero();
        assertThat(window.read(METRICS)).isZero();
        assertThat(none.take(gpu, nanos)).isEqualTo(NvmlReturn.NOT_FOUND.code());
        window.free();
        none.free();
        assertThat(nvml.shutdown()).isZero();
    }

    @Test
    void aLibraryWithoutOneOfTheFunctionsHasNoGpm() {
        TestNvml old = TestNvml.load(515);
        Nvml nvml = old.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        assertThat(Answer.result(nvml.gpm().supported(gpu))).isEqualTo(NvmlReturn.FUNCTION_NOT_FOUND);
        assertThat(nvml.gpm().window(Gpm.WHOLE_GPU).take(gpu, nanos)).isEqualTo(NvmlReturn.FUNCTION_NOT_FOUND.code());
        assertThat(old.violations()).isEmpty();
    }

    @Test
    void aDriverWithASmallerStructureReadsTheSameRows() {
        // Given a driver whose structure ends after 98 rows
        driver.scenario("driver-version 535.1\ngpu 0 gpm 2 50");
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        Gpm gpm = nvml.gpm();
        Gpm.Window window = gpm.window(Gpm.WHOLE_GPU);
        // When
        window.take(gpu, nanos);
        window.take(gpu, after(Duration.ofSeconds(1)));
        // Then
        assertThat(window.read(METRICS)).isZero();
        assertThat(gpm.thousandths(0)).isEqualTo(50_000);
        assertThat(Answer.result(gpm.thousandths(1))).isEqualTo(NvmlReturn.NOT_SUPPORTED);
        window.free();
    }
}
