package caretaker.agent.nvml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The library of the tests notices what a caller does wrong; without that its silence would mean nothing. */
class ViolationsTest {
    private final TestNvml driver = TestNvml.load();
    private final Nvml nvml = driver.open();

    @Test
    void aCallBeforeInit() {
        assertThat(Answer.result(nvml.gpuCount())).isEqualTo(NvmlReturn.UNINITIALIZED);
        assertThat(driver.violations()).containsExactly("nvmlDeviceGetCount_v2 before nvmlInit or after nvmlShutdown");
    }

    @Test
    void oneShutdownTooMany() {
        nvml.init();
        nvml.shutdown();
        assertThat(nvml.shutdown()).isEqualTo(1);
        assertThat(driver.violations()).hasSize(1);
    }

    @Test
    void aHandleFromBeforeAShutdown() {
        nvml.init();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        nvml.shutdown();
        nvml.init();
        assertThat(Answer.result(nvml.sensors().powerMilliwatts(gpu))).isEqualTo(NvmlReturn.INVALID_ARGUMENT);
        assertThat(driver.violations())
                .containsExactly("nvmlDeviceGetPowerUsage with a handle from before nvmlShutdown");
    }

    @Test
    void aHandleThatWasNeverGivenOut() {
        nvml.init();
        assertThat(nvml.load().utilization(new GpuHandle(12_345))).isEqualTo(2);
        assertThat(driver.violations())
                .containsExactly("nvmlDeviceGetUtilizationRates with a handle that was never given out");
    }

    @Test
    void aVersionWordThatBelongsToNoVersion() {
        // Given
        nvml.init();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        Scratch memory = new Scratch(40);
        memory.setInt(0, 40);
        // When
        int code = function("nvmlDeviceGetMemoryInfo_v2", Shape.LL).call(gpu.address(), memory.at(0));
        // Then
        assertThat(code).isEqualTo(25);
        assertThat(driver.violations())
                .containsExactly("nvmlDeviceGetMemoryInfo_v2 with version word 0x00000028, not 0x02000028");
    }

    @Test
    void aBufferThatIsTooSmall() {
        nvml.init();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        Scratch text = new Scratch(64);
        assertThat(function("nvmlDeviceGetName", Shape.LLI).call(gpu.address(), text.at(0), 64))
                .isEqualTo(7);
        assertThat(driver.violations()).containsExactly("nvmlDeviceGetName with a buffer of 64 bytes, not 96");
    }

    @Test
    void aNullPointer() {
        nvml.init();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        assertThat(function("nvmlDeviceGetPowerUsage", Shape.LL).call(gpu.address(), 0L))
                .isEqualTo(2);
        assertThat(driver.violations()).containsExactly("nvmlDeviceGetPowerUsage with a null pointer");
    }

    @Test
    void anEventSetThatIsForgotten() {
        nvml.init();
        nvml.eventSet().create();
        nvml.shutdown();
        assertThat(driver.violations()).containsExactly("nvmlShutdown with an event set that was not freed");
    }

    @Test
    void anEventSetThatWasFreed() {
        nvml.init();
        Scratch scratch = new Scratch(16);
        assertThat(function("nvmlEventSetCreate", Shape.L).call(scratch.at(0))).isZero();
        NativeFunction free = function("nvmlEventSetFree", Shape.L);
        assertThat(free.call(scratch.getLong(0))).isZero();
        assertThat(free.call(scratch.getLong(0))).isEqualTo(2);
        assertThat(driver.violations()).containsExactly("nvmlEventSetFree with an unknown or freed set");
    }

    @Test
    void twoThreadsAtOnce() throws InterruptedException {
        // Given a thread that hangs inside
        nvml.init();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        driver.apply("call nvmlDeviceGetPowerUsage hang");
        Thread stuck = Thread.ofPlatform()
                .daemon()
                .start(() -> assertThat(nvml.sensors().powerMilliwatts(gpu)).isEqualTo(250_000));
        await().until(() -> driver.hanging() == 1);
        // When another one calls
        long answer = driver.open().gpuCount();
        // Then
        assertThat(Answer.result(answer)).isEqualTo(NvmlReturn.UNKNOWN);
        assertThat(driver.violations())
                .isEqualTo(List.of("nvmlDeviceGetCount_v2 while another thread is in nvmlDeviceGetPowerUsage"));
        driver.releaseHangs();
        stuck.join();
    }

    private NativeFunction function(String name, Shape shape) {
        return driver.bound().function(name, shape);
    }
}
