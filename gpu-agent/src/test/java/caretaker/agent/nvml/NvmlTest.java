package caretaker.agent.nvml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every getter, against a GPU whose values are known. */
class NvmlTest {
    private TestNvml driver;
    private Nvml nvml;
    private GpuHandle gpu;

    @BeforeEach
    void startTheDriver() {
        driver = TestNvml.load();
        driver.scenario("gpus 3\ngpu * fans 2\n");
        nvml = driver.start();
        gpu = nvml.gpuByIndex(1).gpu();
    }

    @AfterEach
    void theCallerDidNothingWrong() {
        assertThat(nvml.shutdown()).isZero();
        assertThat(driver.violations()).isEmpty();
        assertThat(driver.sessions()).isZero();
    }

    @Test
    void theDriverTellsItsVersions() {
        assertThat(nvml.driverVersion()).isEqualTo(new TextAnswer(0, "610.65.06"));
        assertThat(nvml.nvmlVersion().text()).isEqualTo("13.610.65.06");
        assertThat(nvml.cudaDriverVersion()).isEqualTo(13000);
        assertThat(nvml.errorText(15)).isEqualTo("the GPU is lost");
    }

    @Test
    void aGpuIsFoundByIndexUuidAndBusId() {
        // Given
        assertThat(nvml.gpuCount()).isEqualTo(3);
        String uuid = nvml.identity().uuid(gpu).text();
        String busId = nvml.identity().pciAddress(gpu).busId();
        // Then
        assertThat(nvml.gpuByUuid(uuid)).isEqualTo(new GpuLookup(0, gpu));
        assertThat(nvml.gpuByBusId(busId)).isEqualTo(new GpuLookup(0, gpu));
        assertThat(nvml.gpuByIndex(3)).isEqualTo(new GpuLookup(2, GpuHandle.NONE));
        assertThat(nvml.gpuByUuid("GPU-none").code()).isEqualTo(NvmlReturn.NOT_FOUND.code());
        assertThat(nvml.gpuByUuid("x".repeat(1000)).code()).isEqualTo(NvmlReturn.INVALID_ARGUMENT.code());
    }

    @Test
    void aGpuTellsWhoItIs() {
        Identity identity = nvml.identity();
        assertThat(identity.uuid(gpu).text()).isEqualTo("GPU-00000000-0000-4000-8000-000000000001");
        assertThat(identity.name(gpu).text()).isEqualTo("NVIDIA H100 80GB HBM3");
        assertThat(identity.serial(gpu).text()).isEqualTo("1650000000001");
        assertThat(identity.boardPartNumber(gpu).text()).isEqualTo("692-2G520-0200-000");
        assertThat(identity.vbiosVersion(gpu).text()).isEqualTo("96.00.74.00.01");
        assertThat(identity.gspFirmwareVersion(gpu).text()).isEqualTo("580.65.06");
        assertThat(identity.pciAddress(gpu))
                .isEqualTo(new Identity.PciAddress(0, "00000000:19:00.0", 0, 0x19, 0, 0x233010DE, 0x16C110DE));
        assertThat(identity.index(gpu)).isEqualTo(1);
        assertThat(identity.minorNumber(gpu)).isEqualTo(1);
        assertThat(identity.boardId(gpu)).isEqualTo(0x1900);
        assertThat(identity.moduleId(gpu)).isEqualTo(2);
        assertThat(identity.architecture(gpu)).isEqualTo(9);
        assertThat(identity.numaNode(gpu)).isZero();
        assertThat(identity.computeCapability(gpu)).isZero();
        assertThat(identity.computeMajor()).isEqualTo(9);
        assertThat(identity.computeMinor()).isZero();
    }

    @Test
    void aGpuTellsItsLoad() {
        Load load = nvml.load();
        assertThat(load.utilization(gpu)).isZero();
        assertThat(load.gpuPercent()).isEqualTo(35);
        assertThat(load.memoryPercent()).isEqualTo(20);
        driver.apply("""
                gpu 1 encoder-utilization constant 1
                gpu 1 decoder-utilization constant 2
                gpu 1 jpeg-utilization constant 3
                gpu 1 ofa-utilization constant 4
                """);
        assertThat(load.encoderPercent(gpu)).isEqualTo(1);
        assertThat(load.decoderPercent(gpu)).isEqualTo(2);
        assertThat(load.jpegPercent(gpu)).isEqualTo(3);
        assertThat(load.opticalFlowPercent(gpu)).isEqualTo(4);
        assertThat(load.memory(gpu)).isZero();
        assertThat(load.memoryTotalBytes()).isEqualTo(85_520_809_984L);
        assertThat(load.memoryUsedBytes()).isEqualTo(21_474_836_480L);
        assertThat(load.memoryReservedBytes()).isEqualTo(658_505_728L);
        assertThat(load.memoryFreeBytes()).isEqualTo(85_520_809_984L - 21_474_836_480L - 658_505_728L);
        assertThat(load.bar1(gpu)).isZero();
        assertThat(load.bar1TotalBytes()).isEqualTo(137_438_953_472L);
        assertThat(load.bar1UsedBytes()).isEqualTo(22_413_312L);
    }

    @Test
    void aGpuTellsItsHeatAndPower() {
        Sensors sensors = nvml.sensors();
        assertThat(sensors.temperatureCelsius(gpu)).isEqualTo(45);
        assertThat(sensors.marginCelsius(gpu)).isEqualTo(42);
        assertThat(sensors.thresholdCelsius(gpu, Sensors.THRESHOLD_SHUTDOWN)).isEqualTo(95);
        assertThat(sensors.thresholdCelsius(gpu, Sensors.THRESHOLD_SLOWDOWN)).isEqualTo(92);
        assertThat(sensors.thresholdCelsius(gpu, Sensors.THRESHOLD_MEMORY_MAX)).isEqualTo(95);
        assertThat(sensors.thresholdCelsius(gpu, Sensors.THRESHOLD_GPU_MAX)).isEqualTo(87);
        assertThat(sensors.powerMilliwatts(gpu)).isEqualTo(250_000);
        driver.apply("gpu 1 power-limit-requested constant 500000\ngpu 1 power-limit-default constant 600000\n");
        assertThat(sensors.enforcedPowerLimitMilliwatts(gpu)).isEqualTo(700_000);
        assertThat(sensors.requestedPowerLimitMilliwatts(gpu)).isEqualTo(500_000);
        assertThat(sensors.defaultPowerLimitMilliwatts(gpu)).isEqualTo(600_000);
        assertThat(sensors.powerLimitRange(gpu)).isZero();
        assertThat(sensors.lowestPowerLimitMilliwatts()).isEqualTo(200_000);
        assertThat(sensors.highestPowerLimitMilliwatts()).isEqualTo(700_000);
        assertThat(sensors.energyMillijoules(gpu)).isEqualTo(123_456_789);
    }

    @Test
    void aGpuTellsItsClocksAndFans() {
        Sensors sensors = nvml.sensors();
        assertThat(sensors.clockMegahertz(gpu, Sensors.CLOCK_GRAPHICS)).isEqualTo(1755);
        assertThat(sensors.clockMegahertz(gpu, Sensors.CLOCK_SM)).isEqualTo(1750);
        assertThat(sensors.clockMegahertz(gpu, Sensors.CLOCK_MEMORY)).isEqualTo(2619);
        assertThat(sensors.clockMegahertz(gpu, Sensors.CLOCK_VIDEO)).isEqualTo(1545);
        assertThat(sensors.maxClockMegahertz(gpu, Sensors.CLOCK_SM)).isEqualTo(1981);
        assertThat(sensors.applicationClockMegahertz(gpu, Sensors.CLOCK_SM)).isEqualTo(1901);
        assertThat(sensors.performanceState(gpu)).isZero();
        driver.apply("gpu 1 performance-state constant 32\ngpu 1 clock-reasons constant 0x64\n");
        assertThat(sensors.performanceState(gpu)).isEqualTo(Answer.BLANK);
        assertThat(sensors.clockEventReasons(gpu)).isEqualTo(0x64);
        assertThat(sensors.supportedClockEventReasons(gpu)).isEqualTo(0x1FF);
        assertThat(sensors.fanCount(gpu)).isEqualTo(2);
        assertThat(sensors.fanPercent(gpu, 1)).isEqualTo(30);
        assertThat(sensors.fanRpm(gpu, 1)).isEqualTo(1800);
        assertThat(Answer.result(sensors.fanPercent(gpu, 2))).isEqualTo(NvmlReturn.INVALID_ARGUMENT);
    }

    @Test
    void aGpuTellsItsPcieLink() {
        Pcie pcie = nvml.pcie();
        assertThat(pcie.replays(gpu)).isEqualTo(3);
        assertThat(pcie.linkGeneration(gpu)).isEqualTo(5);
        assertThat(pcie.maxLinkGeneration(gpu)).isEqualTo(5);
        assertThat(pcie.gpuMaxLinkGeneration(gpu)).isEqualTo(6);
        assertThat(pcie.linkWidth(gpu)).isEqualTo(16);
        assertThat(pcie.maxLinkWidth(gpu)).isEqualTo(32);
    }

    @Test
    void aGpuTellsTheHealthOfItsMemory() {
        MemoryHealth health = nvml.memoryHealth();
        driver.apply("""
                gpu 1 ecc-mode-pending constant 0
                gpu 1 remapped-rows-correctable constant 5
                gpu 1 remapped-rows-uncorrectable constant 6
                gpu 1 row-remap-pending constant 1
                gpu 1 repair-pending-tpc constant 1
                gpu 1 sram-threshold-exceeded constant 1
                gpu 1 unrepairable-memory constant 1
                """);
        assertThat(health.eccModes(gpu)).isZero();
        assertThat(health.eccMode()).isEqualTo(1);
        assertThat(health.eccModePending()).isZero();
        assertThat(health.totalErrors(gpu, MemoryHealth.CORRECTED, MemoryHealth.VOLATILE))
                .isEqualTo(4);
        assertThat(health.totalErrors(gpu, MemoryHealth.CORRECTED, MemoryHealth.AGGREGATE))
                .isEqualTo(40);
        assertThat(health.totalErrors(gpu, MemoryHealth.UNCORRECTED, MemoryHealth.AGGREGATE))
                .isEqualTo(1);
        assertThat(health.errors(gpu, MemoryHealth.CORRECTED, MemoryHealth.AGGREGATE, 2))
                .isEqualTo(40);
        assertThat(Answer.result(health.errors(gpu, MemoryHealth.CORRECTED, MemoryHealth.AGGREGATE, 0)))
                .isEqualTo(NvmlReturn.NOT_SUPPORTED);
        assertThat(health.sramThresholdExceeded(gpu)).isEqualTo(1);
        assertThat(health.retiredPagesPending(gpu)).isZero();
        assertThat(health.remappedRows(gpu)).isZero();
        assertThat(health.remappedCorrectable()).isEqualTo(5);
        assertThat(health.remappedUncorrectable()).isEqualTo(6);
        assertThat(health.remapPending()).isEqualTo(1);
        assertThat(health.remapFailure()).isZero();
        assertThat(health.rowRemapBanks(gpu)).isZero();
        assertThat(health.banksMax()).isEqualTo(2560);
        assertThat(health.banksHigh()).isEqualTo(4);
        assertThat(health.banksPartial()).isEqualTo(3);
        assertThat(health.banksLow()).isEqualTo(2);
        assertThat(health.banksNone()).isEqualTo(1);
        assertThat(health.repairs(gpu)).isZero();
        assertThat(health.channelRepairPending()).isZero();
        assertThat(health.tpcRepairPending()).isEqualTo(1);
        assertThat(health.unrepairable(gpu)).isEqualTo(1);
    }

    @Test
    void fieldsOfALinkAreReadByItsNumber() {
        driver.apply("gpu 1 nvlink-version 7\ngpu 1 c2c-links 2\ngpu 1 c2c-replay 5\ngpu 1 link 2 state 2");
        FieldValues fields = nvml.fieldValues(List.of(
                Field.link(Field.LINK_TRANSMIT_KIB, 4),
                Field.NVLINK_TRANSMIT_KIB,
                Field.link(Field.LINK_STATE, 2),
                Field.link(Field.LINK_STATE, 18),
                Field.link(Field.LINK5_TRANSMIT_BYTES, 3),
                Field.link(Field.C2C_STATUS, 1),
                Field.link(Field.C2C_REPLAYS, 0),
                Field.C2C_COUNT));
        assertThat(fields.read(gpu)).isZero();
        assertThat(fields.value(0)).isEqualTo(5004);
        assertThat(fields.value(1)).isEqualTo(5000);
        assertThat(fields.value(2)).isEqualTo(2);
        assertThat(Answer.result(fields.value(3))).isEqualTo(NvmlReturn.INVALID_ARGUMENT);
        assertThat(fields.value(4)).isEqualTo(7003);
        assertThat(fields.value(5)).isEqualTo(1);
        assertThat(fields.value(6)).isEqualTo(5);
        assertThat(fields.value(7)).isEqualTo(2);
    }

    @Test
    void aGpuTellsItsLinksAndItsFabric() {
        Links links = nvml.links();
        driver.apply("gpu 1 nvlinks-active constant 17\ngpu 1 nvlink-crc-flit constant 8\ngpu 1 link 3 error 999\n");
        assertThat(links.active(gpu, 16)).isEqualTo(1);
        assertThat(links.active(gpu, 17)).isZero();
        assertThat(Answer.result(links.active(gpu, 18))).isEqualTo(NvmlReturn.INVALID_ARGUMENT);
        assertThat(links.errors(gpu, 0, 2)).isEqualTo(8);
        assertThat(links.errors(gpu, 0, 3)).isZero();
        assertThat(Answer.result(links.errors(gpu, 3, 2))).isEqualTo(NvmlReturn.UNKNOWN);
        assertThat(links.version(gpu, 0)).isEqualTo(6);
        assertThat(links.remoteType(gpu, 0)).isEqualTo(2);
        assertThat(links.fabric(gpu)).isZero();
        assertThat(links.fabricState()).isEqualTo(3);
        assertThat(links.fabricStatus()).isZero();
        assertThat(links.fabricClique()).isZero();
        assertThat(links.fabricHealthMask()).isZero();
        assertThat(links.fabricHealthSummary()).isEqualTo(1);
    }

    @Test
    void aGpuTellsItsModes() {
        Modes modes = nvml.modes();
        driver.apply("gpu 1 compute-mode constant 3\ngpu 1 mig-pending constant 1\n");
        assertThat(modes.persistence(gpu)).isEqualTo(1);
        assertThat(modes.compute(gpu)).isEqualTo(3);
        assertThat(modes.mig(gpu)).isZero();
        assertThat(modes.migMode()).isZero();
        assertThat(modes.migModePending()).isEqualTo(1);
        assertThat(modes.validateInforom(gpu)).isZero();
        driver.apply("gpu 1 inforom-corrupted constant 1\n");
        assertThat(modes.validateInforom(gpu)).isEqualTo(NvmlReturn.CORRUPTED_INFOROM.code());
    }

    @Test
    void initIsCounted() {
        assertThat(nvml.initWithFlags(Nvml.FLAG_NO_GPUS)).isZero();
        assertThat(driver.sessions()).isEqualTo(2);
        assertThat(nvml.shutdown()).isZero();
        assertThat(nvml.sensors().powerMilliwatts(gpu)).isEqualTo(250_000);
    }
}
