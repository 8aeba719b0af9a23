package caretaker.agent.nvml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** GPUs and drivers that are not well: each fault is an answer, and the caller makes no mistake because of it. */
class FaultsTest {
    private final TestNvml driver = TestNvml.load();

    @AfterEach
    void theCallerDidNothingWrong() {
        assertThat(driver.violations()).isEmpty();
    }

    @Test
    void aLostGpuIsLostAndTheOthersGoOn() {
        // Given
        driver.scenario("gpus 2\ngpu 1 lost at 30s\n");
        Nvml nvml = driver.start();
        GpuHandle first = nvml.gpuByIndex(0).gpu();
        GpuHandle second = nvml.gpuByIndex(1).gpu();
        driver.advance(Duration.ofSeconds(29));
        assertThat(nvml.load().utilization(second)).isZero();
        // When
        driver.advance(Duration.ofSeconds(1));
        // Then
        assertThat(nvml.load().utilization(second)).isEqualTo(15);
        assertThat(Answer.result(nvml.load().gpuPercent())).isEqualTo(NvmlReturn.GPU_IS_LOST);
        assertThat(Answer.result(nvml.sensors().powerMilliwatts(second)).treatment())
                .isEqualTo(Treatment.LOST);
        assertThat(nvml.gpuByIndex(1).code()).isEqualTo(15);
        assertThat(nvml.gpuCount()).isEqualTo(2);
        assertThat(nvml.load().utilization(first)).isZero();
        // When it comes back
        driver.apply("gpu 1 back");
        assertThat(nvml.load().utilization(second)).isZero();
    }

    @Test
    void aGpuCanBeLostBetweenTwoCallsOfOnePoll() {
        driver.scenario("gpu 0 lost after 2 calls\n");
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        assertThat(nvml.load().utilization(gpu)).isZero();
        assertThat(nvml.load().memory(gpu)).isZero();
        assertThat(Answer.code(nvml.sensors().temperatureCelsius(gpu))).isEqualTo(15);
    }

    @Test
    void aVanishedGpuIsNotCountedAfterTheNextInit() {
        // Given
        driver.scenario("gpus 3\ngpu 1 vanished at 10s\n");
        Nvml nvml = driver.start();
        String uuidOfTheThird = nvml.identity().uuid(nvml.gpuByIndex(2).gpu()).text();
        driver.advance(Duration.ofSeconds(10));
        assertThat(nvml.gpuCount()).isEqualTo(3);
        // When
        assertThat(nvml.shutdown()).isZero();
        assertThat(nvml.init()).isZero();
        // Then
        assertThat(nvml.gpuCount()).isEqualTo(2);
        assertThat(nvml.identity().uuid(nvml.gpuByIndex(1).gpu()).text()).isEqualTo(uuidOfTheThird);
    }

    @Test
    void aGpuThatNeedsAResetStillSaysSo() {
        // Given
        driver.scenario("gpu 0 reset-required\n");
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        FieldValues fields = nvml.fieldValues(List.of(Field.RECOVERY_ACTION));
        // Then
        assertThat(Answer.result(nvml.sensors().powerMilliwatts(gpu)).treatment())
                .isEqualTo(Treatment.RESET_REQUIRED);
        assertThat(fields.read(gpu)).isZero();
        assertThat(fields.value(0)).isEqualTo(1);
    }

    @Test
    void blankValuesAreNoValues() {
        // Given
        driver.scenario("""
                gpu 0 utilization blank
                gpu 0 memory-used blank
                gpu 0 temperature blank
                gpu 0 power blank
                gpu 0 energy blank
                """);
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        // Then
        assertThat(nvml.load().utilization(gpu)).isZero();
        assertThat(nvml.load().gpuPercent()).isEqualTo(Answer.BLANK);
        assertThat(nvml.load().memoryPercent()).isEqualTo(20);
        assertThat(nvml.load().memory(gpu)).isZero();
        assertThat(nvml.load().memoryUsedBytes()).isEqualTo(Answer.BLANK);
        assertThat(nvml.sensors().temperatureCelsius(gpu)).isEqualTo(Answer.BLANK);
        assertThat(nvml.sensors().powerMilliwatts(gpu)).isEqualTo(Answer.BLANK);
        assertThat(nvml.sensors().energyMillijoules(gpu)).isEqualTo(Answer.BLANK);
    }

    @Test
    void negativeMarginsAreValues() {
        driver.scenario("gpu 0 temperature-margin -1\n");
        Nvml nvml = driver.start();
        assertThat(nvml.sensors().marginCelsius(nvml.gpuByIndex(0).gpu())).isEqualTo(-1);
    }

    @Test
    void underMigTheWholeGpuHasNoUtilization() {
        // Given
        driver.scenario("gpu 0 mig 1\n");
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        // Then
        assertThat(nvml.modes().mig(gpu)).isZero();
        assertThat(nvml.modes().migMode()).isEqualTo(1);
        assertThat(nvml.load().utilization(gpu)).isEqualTo(NvmlReturn.NOT_SUPPORTED.code());
        assertThat(Answer.result(nvml.load().encoderPercent(gpu))).isEqualTo(NvmlReturn.NOT_SUPPORTED);
        assertThat(nvml.memoryHealth().remappedRows(gpu)).isEqualTo(NvmlReturn.NOT_SUPPORTED.code());
        assertThat(Answer.result(nvml.memoryHealth().remapFailure())).isEqualTo(NvmlReturn.NOT_SUPPORTED);
        assertThat(nvml.sensors().powerMilliwatts(gpu)).isEqualTo(250_000);
    }

    @Test
    void anInitThatFailsSaysWhy() {
        driver.scenario("call nvmlInit* error 9\n");
        Nvml nvml = driver.open();
        assertThat(NvmlReturn.of(nvml.init()).treatment()).isEqualTo(Treatment.DRIVER_GONE);
        driver.apply("call nvmlInit* well\ncall nvmlInit* error 18\n");
        assertThat(NvmlReturn.of(nvml.initWithFlags(0)).treatment()).isEqualTo(Treatment.DRIVER_CHANGED);
        driver.apply("call nvmlInit* well\n");
        assertThat(nvml.init()).isZero();
    }

    @Test
    void withoutALibraryThereIsNoDriver() {
        assertThat(Nvml.open("libno-such-library.so.1"))
                .isEqualTo(new Opening.NoDriver("libno-such-library.so.1", "libno-such-library.so.1 not found"));
        assertThat(Nvml.open("libm.so.6")).isInstanceOf(Opening.NoDriver.class);
    }

    @Test
    void anOldDriverLacksFunctionsAndOlderOnesTakeTheirPlace() {
        // Given
        TestNvml old = TestNvml.load(NativeLibrary.OLD_DRIVER);
        Nvml nvml = old.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        // Then the older name answers
        assertThat(nvml.sensors().temperatureCelsius(gpu)).isEqualTo(45);
        assertThat(nvml.sensors().supportedClockEventReasons(gpu)).isEqualTo(0x1FF);
        assertThat(nvml.sensors().clockEventReasons(gpu)).isZero();
        // And what has none is not supported
        assertThat(Answer.result(nvml.sensors().marginCelsius(gpu))).isEqualTo(NvmlReturn.FUNCTION_NOT_FOUND);
        assertThat(Answer.result(nvml.load().jpegPercent(gpu)).treatment()).isEqualTo(Treatment.NOT_SUPPORTED);
        assertThat(nvml.links().fabric(gpu)).isEqualTo(NvmlReturn.FUNCTION_NOT_FOUND.code());
        assertThat(Answer.result(nvml.identity().moduleId(gpu))).isEqualTo(NvmlReturn.FUNCTION_NOT_FOUND);
        assertThat(old.violations()).isEmpty();
    }

    @Test
    void anOlderFabricStructureIsTriedWhenTheNewerIsRefused() {
        // Given
        driver.scenario("driver-version 570.124.06\ngpu 0 fabric-clique 7\n");
        Nvml nvml = driver.start();
        // When
        int code = nvml.links().fabric(nvml.gpuByIndex(0).gpu());
        // Then
        assertThat(code).isZero();
        assertThat(nvml.links().fabricClique()).isEqualTo(7);
        assertThat(Answer.result(nvml.links().fabricHealthSummary())).isEqualTo(NvmlReturn.NOT_SUPPORTED);
    }

    @Test
    void thePlainMemoryFunctionIsTriedWhenTheSplitOneIsRefused() {
        // Given
        driver.scenario("call nvmlDeviceGetMemoryInfo_v2 error 25\n");
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        // When
        int code = nvml.load().memory(gpu);
        // Then
        assertThat(code).isZero();
        assertThat(nvml.load().memoryUsedBytes()).isEqualTo(21_474_836_480L + 658_505_728L);
        assertThat(Answer.result(nvml.load().memoryReservedBytes())).isEqualTo(NvmlReturn.NOT_SUPPORTED);
    }

    @Test
    void aCallThatHangsComesBackWhenItIsReleased() throws InterruptedException {
        // Given
        driver.scenario("gpus 2\ncall nvmlDeviceGetPowerUsage hang gpu 1\n");
        Nvml nvml = driver.start();
        GpuHandle well = nvml.gpuByIndex(0).gpu();
        GpuHandle sick = nvml.gpuByIndex(1).gpu();
        assertThat(nvml.sensors().powerMilliwatts(well)).isEqualTo(250_000);
        AtomicLong answer = new AtomicLong(-1);
        // When
        Thread caller = Thread.ofPlatform()
                .daemon()
                .start(() -> answer.set(nvml.sensors().powerMilliwatts(sick)));
        await().until(() -> driver.hanging() == 1);
        // Then
        assertThat(answer).hasValue(-1);
        assertThat(nvml.watch().current()).isEqualTo("nvmlDeviceGetPowerUsage");
        long number = nvml.watch().number();
        // When
        driver.releaseHangs();
        caller.join();
        // Then
        assertThat(answer).hasValue(250_000);
        assertThat(driver.hanging()).isZero();
        assertThat(nvml.watch().current()).isNull();
        assertThat(nvml.watch().number()).isEqualTo(number);
    }

    @Test
    void aCallThatHangsForATimeComesBackByTheDriversClock() throws InterruptedException {
        // Given
        driver.scenario("call nvmlDeviceGetCount_v2 hang for 20s\n");
        Nvml nvml = driver.start();
        AtomicLong answer = new AtomicLong(-1);
        Thread caller = Thread.ofPlatform().daemon().start(() -> answer.set(nvml.gpuCount()));
        await().until(() -> driver.hanging() == 1);
        // When
        driver.advance(Duration.ofSeconds(20));
        caller.join();
        // Then
        assertThat(answer).hasValue(1);
    }

    @Test
    void aSlowCallTakesItsTime() {
        driver.scenario("call nvmlDeviceGetPowerUsage slow 3ms\n");
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        long beganNs = System.nanoTime();
        assertThat(nvml.sensors().powerMilliwatts(gpu)).isEqualTo(250_000);
        assertThat(System.nanoTime() - beganNs).isGreaterThanOrEqualTo(3_000_000);
    }

    @Test
    void aCounterThatStartsAgainStartsAtZero() {
        // Given
        driver.scenario("gpu 0 energy climb 5000000 250000\ngpu 0 restart energy at 10s\n");
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        driver.advance(Duration.ofSeconds(9));
        assertThat(nvml.sensors().energyMillijoules(gpu)).isEqualTo(5_000_000 + 9 * 250_000);
        // When
        driver.advance(Duration.ofSeconds(2));
        // Then
        assertThat(nvml.sensors().energyMillijoules(gpu)).isEqualTo(250_000);
    }

    @Test
    void valuesFollowTheirCurves() {
        // Given
        driver.scenario("""
                seed 11
                gpu 0 temperature ramp 40 90 50s
                gpu 0 utilization sine 10 90 40s
                gpu 0 power noise 300000 10000 1s
                gpu 0 clock-sm 1980
                gpu 0 clock-sm 1200 at 20s
                """);
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        Sensors sensors = nvml.sensors();
        long noiseAtFirst = sensors.powerMilliwatts(gpu);
        // When
        driver.advance(Duration.ofSeconds(10));
        // Then
        assertThat(sensors.temperatureCelsius(gpu)).isEqualTo(50);
        assertThat(nvml.load().utilization(gpu)).isZero();
        assertThat(nvml.load().gpuPercent()).isEqualTo(90);
        assertThat(sensors.powerMilliwatts(gpu)).isBetween(290_000L, 310_000L).isNotEqualTo(noiseAtFirst);
        assertThat(sensors.clockMegahertz(gpu, Sensors.CLOCK_SM)).isEqualTo(1980);
        // When
        driver.setTimeUs(TestNvml.BEGIN_US + 100_000_000);
        // Then
        assertThat(sensors.temperatureCelsius(gpu)).isEqualTo(90);
        assertThat(sensors.clockMegahertz(gpu, Sensors.CLOCK_SM)).isEqualTo(1200);
    }
}
