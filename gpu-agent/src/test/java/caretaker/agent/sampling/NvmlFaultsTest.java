package caretaker.agent.sampling;

import static caretaker.agent.sampling.NvmlHost.SECOND;
import static caretaker.contracts.Column.*;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.health.Finding;
import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with GPUs and drivers, and what is made of it. */
class NvmlFaultsTest {
    private final NvmlHost host = new NvmlHost("");

    @AfterEach
    void theDriverWasUsedAsItMustBe() {
        host.close();
        assertThat(host.driver.violations()).isEmpty();
    }

    private void scenario(String text) {
        host.driver.scenario(text);
        host.start();
    }

    private List<Condition> after(Duration step, Tier tier) {
        host.advance(step);
        return host.conditions(tier);
    }

    @Test
    void aLostGpuStaysInTheRecordIsLeftAloneAndComesBack() {
        scenario("gpus 3\ngpu 1 lost at 10s");
        assertThat(host.conditions(Tier.RARE)).isEmpty();
        String uuid = host.gpu(1).uuid();

        assertThat(after(SECOND.multipliedBy(10), Tier.FAST)).containsExactly(Condition.GPU_LOST);
        GpuReading lost = host.gpu(1);
        assertThat(lost.state()).isEqualTo(GpuState.LOST);
        assertThat(lost.uuid()).isEqualTo(uuid);
        assertThat(lost.size()).isZero();
        assertThat(host.source().identity(1)).isNotNull();
        assertThat(host.gpu(2).state()).isEqualTo(GpuState.OK);

        int tries = 0;
        for (int second = 0; second < 120; second++) {
            assertThat(after(SECOND, Tier.FAST)).containsExactly(Condition.GPU_LOST);
            tries += host.called.stream()
                                    .filter(call -> call.equals("nvmlDeviceGetUtilizationRates"))
                                    .count()
                            > 2
                    ? 1
                    : 0;
        }
        assertThat(tries).isLessThan(10);
        assertThat(host.readings.gpusExpected()).isEqualTo(3);

        host.driver.apply("gpu 1 back");
        assertThat(after(SECOND.multipliedBy(60), Tier.FAST)).isEmpty();
        assertThat(host.gpu(1).state()).isEqualTo(GpuState.OK);
        assertThat(host.gpu(1).has(PCIE_LINK_WIDTH)).isTrue(); // all tiers at once
    }

    @Test
    void aGpuLostInTheMiddleOfAPollLeavesNoHalfReading() {
        scenario("gpu 0 lost after 30 calls");
        assertThat(host.conditions(Tier.RARE)).containsExactly(Condition.GPU_LOST);
        assertThat(host.gpu(0).size()).isZero();
    }

    @Test
    void aVanishedGpuStaysAndIsFoundByItsUuidWhenItIsListedAgain() {
        scenario("gpus 3\ngpu 1 vanished at 10s");
        host.poll(Tier.RARE);
        String second = host.gpu(1).uuid();
        String third = host.gpu(2).uuid();
        assertThat(after(SECOND.multipliedBy(10), Tier.SLOW)).containsExactly(Condition.GPU_LOST);

        // Somebody restarts the driver's session: the list has two GPUs now, and the third has moved up.
        host.driver.apply("call nvmlDeviceGetUtilizationRates error 1");
        host.poll(Tier.FAST);
        host.driver.apply("call nvmlDeviceGetUtilizationRates well");
        assertThat(after(Duration.ofMinutes(2), Tier.SLOW)).containsExactly(Condition.GPU_LOST);
        assertThat(host.readings.gpusVisible()).isEqualTo(2);
        assertThat(host.readings.gpusExpected()).isEqualTo(3);
        assertThat(host.readings.gpus()).extracting(GpuReading::uuid).contains(second, third);
        GpuReading moved = host.readings.gpus().stream()
                .filter(gpu -> gpu.uuid().equals(third))
                .findFirst()
                .orElseThrow();
        assertThat(moved.state()).isEqualTo(GpuState.OK);
        assertThat(moved.index()).isEqualTo(1);

        host.driver.apply("gpu 1 back");
        after(Duration.ofMinutes(6), Tier.SLOW); // ends with a new session, for the sake of the lost GPU
        assertThat(after(SECOND, Tier.FAST)).isEmpty();
        assertThat(host.readings.gpus()).extracting(GpuReading::uuid).hasSize(3).endsWith(second, third);
        assertThat(host.readings.gpusVisible()).isEqualTo(3);
    }

    @Test
    void aGpuThatNeedsAResetKeepsOnlyTheDriversAdvice() {
        scenario("gpus 2\ngpu 0 reset-required at 5s");
        host.poll(Tier.RARE);
        assertThat(after(SECOND.multipliedBy(5), Tier.FAST)).containsExactly(Condition.GPU_RESET_REQUIRED);
        assertThat(host.gpu(0).state()).isEqualTo(GpuState.RESET_REQUIRED);
        assertThat(host.gpu(0).get(RECOVERY_ACTION)).isEqualTo(1);
        assertThat(host.gpu(0).size()).isEqualTo(1);
        host.driver.apply("gpu 0 back");
        assertThat(after(SECOND, Tier.FAST)).isEmpty();
        assertThat(host.gpu(0).state()).isEqualTo(GpuState.OK);
        assertThat(host.gpu(0).size()).isGreaterThan(80);
    }

    @Test
    void aDriverThatIsNotLoadedIsTriedAgainWithGrowingPauses() {
        scenario("gpus 2\ncall nvmlInit* error 9");
        assertThat(host.conditions(Tier.RARE)).containsExactly(Condition.GPU_DRIVER_GONE);
        assertThat(host.readings.gpus()).isEmpty();
        assertThat(host.readings.gpusVisible()).isZero();
        for (int second = 0; second < 100; second++) {
            assertThat(after(SECOND, Tier.FAST)).containsExactly(Condition.GPU_DRIVER_GONE);
        }
        host.driver.apply("call nvmlInit* well");
        assertThat(after(Duration.ofSeconds(30), Tier.FAST)).isEmpty();
        assertThat(host.readings.gpus()).hasSize(2).allMatch(gpu -> gpu.state() == GpuState.OK);
    }

    @Test
    void aDriverThatGoesAwayTakesItsGpusAlongAndBringsThemBack() {
        scenario("gpus 2");
        host.poll(Tier.RARE);
        host.driver.apply("call nvml* error 9");
        assertThat(after(SECOND, Tier.FAST)).containsExactly(Condition.GPU_DRIVER_GONE);
        assertThat(host.readings.gpus()).hasSize(2).allMatch(gpu -> gpu.state() == GpuState.UNBOUND && gpu.size() == 0);
        host.driver.apply("call nvml* well");
        assertThat(after(SECOND.multipliedBy(2), Tier.FAST)).isEmpty();
        assertThat(host.readings.gpus()).hasSize(2).allMatch(gpu -> gpu.state() == GpuState.OK);
    }

    @Test
    void aDriverThatWasChangedUnderTheAgentIsAnotherCondition() {
        scenario("gpus 2");
        host.poll(Tier.RARE);
        host.driver.apply("call nvml* error 18");
        assertThat(after(SECOND, Tier.FAST)).containsExactly(Condition.GPU_DRIVER_MISMATCH);
        assertThat(host.poll(Tier.FAST).getFirst().code()).isEqualTo("18");
        host.driver.apply("call nvml* well");
        assertThat(after(Duration.ofMinutes(1), Tier.FAST)).isEmpty();
    }

    @Test
    void aSessionThatWasLostIsOpenedAgainWithoutAWord() {
        scenario("gpus 2");
        host.poll(Tier.RARE);
        host.driver.apply("call nvmlDeviceGetUtilizationRates error 1");
        assertThat(after(SECOND, Tier.FAST)).isEmpty();
        host.driver.apply("call nvmlDeviceGetUtilizationRates well");
        assertThat(after(SECOND, Tier.FAST)).isEmpty();
        assertThat(host.driver.sessions()).isEqualTo(1);
        host.driver.apply("call nvmlDeviceGetUtilizationRates error 1");
        assertThat(after(SECOND, Tier.FAST)).isEmpty();
        assertThat(after(SECOND, Tier.FAST)).containsExactly(Condition.GPU_DRIVER_GONE); // it does not help
        host.driver.apply("call nvmlDeviceGetUtilizationRates well");
    }

    @Test
    void blankAndImpossibleValuesAreLeftOutAndCounted() {
        scenario("""
                gpu 0 utilization blank
                gpu 0 memory-used blank
                gpu 0 temperature blank
                gpu 0 power blank
                gpu 0 energy blank
                gpu 0 memory-utilization 101
                gpu 0 clock-sm 4294967294
                gpu 0 pcie-transmit blank
                gpu 0 performance-state 32
                """);
        host.poll(Tier.RARE);
        for (Column column : List.of(
                UTILIZATION_PERCENTAGE,
                MEMORY_USED_BYTES,
                TEMPERATURE_CELSIUS,
                POWER_DRAW_MILLIWATTS,
                ENERGY_MILLIJOULES,
                MEMORY_UTILIZATION_PERCENTAGE,
                CLOCK_SM_MEGAHERTZ,
                PCIE_TRANSMIT_BYTES,
                PERFORMANCE_STATE)) {
            assertThat(host.gpu(0).has(column)).as(column.name()).isFalse();
        }
        assertThat(host.gpu(0).state()).isEqualTo(GpuState.OK);
        assertThat(host.rejected)
                .contains(
                        "nvidia_gpu_utilization_percentage BLANK",
                        "nvidia_gpu_memory_used_bytes BLANK",
                        "nvidia_gpu_energy_joules_total BLANK",
                        "nvidia_gpu_memory_utilization_percentage OUT_OF_RANGE",
                        "nvidia_gpu_clock_hertz OUT_OF_RANGE");
    }

    @Test
    void countersGoOnWhereTheDriverBeginsAgain() {
        scenario("gpu 0 energy climb 5000000 250000\ngpu 0 restart energy at 10s");
        host.poll(Tier.RARE);
        assertThat(host.gpu(0).get(ENERGY_MILLIJOULES)).isEqualTo(5_000_000);
        after(SECOND.multipliedBy(9), Tier.FAST);
        assertThat(host.gpu(0).get(ENERGY_MILLIJOULES)).isEqualTo(5_000_000 + 9 * 250_000);
        after(SECOND.multipliedBy(2), Tier.FAST);
        assertThat(host.gpu(0).get(ENERGY_MILLIJOULES)).isEqualTo(5_000_000 + 9 * 250_000);
        assertThat(host.rejected).containsOnlyOnce("nvidia_gpu_energy_joules_total WENT_BACKWARDS");
        after(SECOND, Tier.FAST); // it stays less: the driver has begun anew
        assertThat(host.gpu(0).get(ENERGY_MILLIJOULES)).isEqualTo(5_000_000 + 9 * 250_000 + 2 * 250_000);
    }

    @Test
    void aCounterOf32BitsGoesOnOverItsEnd() {
        scenario("gpu 0 pcie-transmit 4294967290");
        host.poll(Tier.RARE);
        host.driver.apply("gpu 0 pcie-transmit 10");
        after(SECOND, Tier.FAST);
        assertThat(host.gpu(0).get(PCIE_TRANSMIT_BYTES)).isEqualTo(4_294_967_306L);
    }

    @Test
    void aSpikeBetweenTwoPollsIsSeen() {
        scenario("gpu 0 utilization 20\ngpu 0 spike utilization 97 at 12200ms for 200ms\n"
                + "gpu 0 spike power 690000 at 12200ms for 100ms");
        host.advance(SECOND.multipliedBy(12));
        host.poll(Tier.RARE);
        assertThat(host.gpu(0).get(UTILIZATION_MAX_PERCENTAGE)).isEqualTo(20);
        after(SECOND, Tier.FAST);
        assertThat(host.gpu(0).get(UTILIZATION_PERCENTAGE)).isEqualTo(20);
        assertThat(host.gpu(0).get(UTILIZATION_MAX_PERCENTAGE)).isEqualTo(97);
        assertThat(host.gpu(0).get(UTILIZATION_MIN_PERCENTAGE)).isEqualTo(20);
        assertThat(host.gpu(0).get(UTILIZATION_AVERAGE_MILLIPERCENT)).isBetween(21_000L, 60_000L);
        assertThat(host.gpu(0).get(POWER_DRAW_MAX_MILLIWATTS)).isEqualTo(690_000);
        after(SECOND, Tier.FAST);
        assertThat(host.gpu(0).get(UTILIZATION_MAX_PERCENTAGE)).isEqualTo(20);
    }

    @Test
    void aWallClockThatIsSetBackHidesNoSamples() {
        scenario("gpu 0 utilization 20");
        host.advance(SECOND.multipliedBy(30));
        host.poll(Tier.RARE);
        Duration back = Duration.ofSeconds(-20);
        host.wall.advance(back);
        host.driver.setTimeUs(host.wall.millis() * 1000);
        host.driver.apply("gpu 0 spike utilization 88 at 10500ms for 400ms");
        after(SECOND, Tier.FAST);
        assertThat(host.gpu(0).get(UTILIZATION_MAX_PERCENTAGE)).isEqualTo(88);
    }

    @Test
    void reasonsForSlowerClocksAreCountedWhenTheyBegin() {
        scenario("gpu 0 clock-reasons 1\ngpu 0 clock-reasons-supported 71");
        host.poll(Tier.RARE);
        for (int reasons : new int[] {4, 1, 4, 4, 68}) {
            host.driver.apply("gpu 0 clock-reasons " + reasons);
            after(SECOND, Tier.FAST);
        }
        assertThat(host.gpu(0).get(CLOCK_EVENTS_SW_POWER_CAP)).isEqualTo(2);
        assertThat(host.gpu(0).get(CLOCK_EVENTS_GPU_IDLE)).isEqualTo(1);
        assertThat(host.gpu(0).get(CLOCK_EVENTS_HW_THERMAL)).isEqualTo(1);
        assertThat(host.gpu(0).has(CLOCK_EVENTS_HW_POWER_BRAKE)).isFalse(); // not among the supported ones
    }

    @Test
    void underMigWhatIsNotOfferedIsLeftOutAndTriedAgainWhenMigEnds() {
        scenario("gpu 0 mig 1");
        host.poll(Tier.RARE);
        assertThat(host.gpu(0).has(UTILIZATION_PERCENTAGE)).isFalse();
        assertThat(host.gpu(0).has(UTILIZATION_MAX_PERCENTAGE)).isFalse();
        assertThat(host.gpu(0).has(REMAPPED_ROWS_CORRECTABLE)).isFalse();
        assertThat(host.gpu(0).get(POWER_DRAW_MILLIWATTS)).isEqualTo(250_000);
        after(SECOND, Tier.FAST);
        assertThat(host.called).doesNotContain("nvmlDeviceGetUtilizationRates");
        host.driver.apply("gpu 0 mig 0");
        after(SECOND, Tier.SLOW);
        assertThat(host.gpu(0).has(UTILIZATION_PERCENTAGE)).isTrue();
        assertThat(host.gpu(0).has(REMAPPED_ROWS_CORRECTABLE)).isTrue();
    }

    @Test
    void whatIsNotSupportedIsTriedAgainWithTheRareTier() {
        scenario("gpu 0 temperature-margin unsupported");
        host.poll(Tier.RARE);
        host.driver.apply("gpu 0 temperature-margin 7");
        after(SECOND, Tier.SLOW);
        assertThat(host.gpu(0).has(TEMPERATURE_MARGIN_CELSIUS)).isFalse();
        after(SECOND, Tier.RARE);
        assertThat(host.gpu(0).get(TEMPERATURE_MARGIN_CELSIUS)).isEqualTo(7);
        assertThat(host.failed).containsOnlyOnce("nvmlDeviceGetMarginTemperature 0 NOT_SUPPORTED");
    }

    @Test
    void gpusOnPciAreCounted(@TempDir Path root) throws IOException {
        device(root, "0000:18:00.0", "0x10de", "0x030200");
        device(root, "0000:2a:00.0", "0x10de", "0x030000");
        device(root, "0000:2a:00.1", "0x10de", "0x040300");
        device(root, "0000:00:02.0", "0x8086", "0x030000");
        Files.createSymbolicLink(
                device(root, "0000:3b:00.0", "0x10de", "0x030200").resolve("driver"),
                Path.of("../../../bus/pci/drivers/vfio-pci")); // a virtual machine has it
        Files.createSymbolicLink(
                device(root, "0000:3c:00.0", "0x10de", "0x030000").resolve("driver"),
                Path.of("../../../bus/pci/drivers/nouveau")); // a screen
        Files.createSymbolicLink(
                root.resolve("0000:18:00.0").resolve("driver"), Path.of("../../../bus/pci/drivers/nvidia"));
        host.driver.scenario("gpus 1");
        host.start(0, root).poll(Tier.RARE);
        assertThat(host.readings.gpusOnPci()).isEqualTo(2);
        assertThat(host.readings.gpusVisible()).isEqualTo(1);
        assertThat(host.readings.gpusExpected()).isEqualTo(2);
        host.start(8, root).poll(Tier.RARE);
        assertThat(host.readings.gpusExpected()).isEqualTo(8);
    }

    private static Path device(Path root, String address, String vendor, String kind) throws IOException {
        Path device = Files.createDirectory(root.resolve(address));
        Files.writeString(device.resolve("vendor"), vendor + "\n");
        Files.writeString(device.resolve("class"), kind + "\n");
        return device;
    }

    @Test
    void anInitThatFailsForLackOfDeviceNodesIsAMatterOfTheAgentsContainer(@TempDir Path nodes) throws IOException {
        host.options = host.options.withRoots(nodes, nodes);
        for (int code : new int[] {4, 999}) {
            scenario("call nvmlInit* error " + code);
            assertThat(host.conditions(Tier.RARE)).containsExactly(Condition.GPU_DEVICE_NODES_LOST);
        }
        Files.createFile(nodes.resolve("nvidiactl"));
        scenario("call nvmlInit* error 999");
        assertThat(host.conditions(Tier.RARE)).containsExactly(Condition.GPU_DRIVER_GONE);
        scenario("call nvmlInit* error 17");
        assertThat(host.conditions(Tier.RARE)).containsExactly(Condition.GPU_DEVICE_NODES_LOST);
        host.driver.apply("call nvmlInit* well");
        assertThat(after(SECOND.multipliedBy(2), Tier.FAST)).isEmpty();
    }

    @Test
    void aGpuWhoseDeviceNodeIsLostIsNotAGpuThatIsLost(@TempDir Path nodes) throws IOException {
        host.options = host.options.withRoots(nodes, nodes);
        Files.createFile(nodes.resolve("nvidiactl"));
        Path second = Files.createFile(nodes.resolve("nvidia1"));
        Files.createFile(nodes.resolve("nvidia0"));
        scenario("gpus 2");
        assertThat(host.conditions(Tier.RARE)).isEmpty();
        host.driver.apply("call nvmlDevice* error 999 gpu 1");
        assertThat(after(SECOND, Tier.FAST)).containsExactly(Condition.GPU_LOST);
        Files.delete(second);
        assertThat(after(SECOND, Tier.FAST)).containsExactly(Condition.GPU_DEVICE_NODES_LOST);
        assertThat(host.gpu(0).state()).isEqualTo(GpuState.OK);
        assertThat(host.poll(Tier.FAST).getFirst().code()).isEqualTo("999");
    }

    @Test
    void boardsWithoutPowerOrInterruptsAreNamedByTheirIndexUntilTheyAreAccessible() {
        scenario("gpus 2\ncall nvmlDeviceGetHandleByIndex_v2 error 8");
        assertThat(host.conditions(Tier.RARE)).containsExactly(Condition.GPU_POWER_CABLE);
        Finding finding = host.poll(Tier.FAST).getFirst();
        assertThat(finding.evidence()).containsEntry("indices", "0,1");
        assertThat(finding.code()).isEqualTo("8");
        host.driver.apply("call nvmlDeviceGetHandleByIndex_v2 well\ncall nvmlDeviceGetHandleByIndex_v2 error 11");
        assertThat(after(SECOND, Tier.SLOW)).containsExactly(Condition.GPU_INTERRUPTS);
        host.driver.apply("call nvmlDeviceGetHandleByIndex_v2 well");
        assertThat(after(SECOND, Tier.SLOW)).isEmpty();
        assertThat(host.readings.gpus()).hasSize(2);
    }

    @Test
    void aFaultOfTheBoardThatOneCallTellsLastsUntilTheSameCallSucceeds() {
        scenario("gpus 2\ncall nvmlDeviceGetPcieReplayCounter error 8 gpu 1");
        assertThat(host.conditions(Tier.RARE)).containsExactly(Condition.GPU_POWER_CABLE);
        assertThat(after(SECOND, Tier.FAST)).containsExactly(Condition.GPU_POWER_CABLE);
        host.driver.apply("call nvmlDeviceGetPcieReplayCounter well");
        assertThat(after(SECOND, Tier.FAST)).containsExactly(Condition.GPU_POWER_CABLE);
        assertThat(after(SECOND, Tier.RARE)).isEmpty();
    }

    @Test
    void errorsThatClimbAndRowsThatAreRemappedAreToldAsTheyAre() {
        scenario("""
                gpu 0 ecc-corrected-volatile climb 0 1000
                gpu 0 row-remap-pending 0
                gpu 0 row-remap-pending 1 at 60s
                gpu 0 row-remap-failure 0
                gpu 0 row-remap-failure 1 at 90s
                """);
        host.poll(Tier.RARE);
        after(SECOND.multipliedBy(30), Tier.SLOW);
        assertThat(host.gpu(0).get(ECC_ERRORS_CORRECTED_VOLATILE)).isEqualTo(30_000);
        assertThat(host.gpu(0).get(ROW_REMAP_PENDING)).isZero();
        after(SECOND.multipliedBy(30), Tier.SLOW);
        assertThat(host.gpu(0).get(ROW_REMAP_PENDING)).isEqualTo(1);
        assertThat(host.gpu(0).get(ROW_REMAP_FAILURE)).isZero();
        after(SECOND.multipliedBy(30), Tier.SLOW);
        assertThat(host.gpu(0).get(ROW_REMAP_FAILURE)).isEqualTo(1);
        assertThat(host.gpu(0).get(ECC_ERRORS_CORRECTED_VOLATILE)).isEqualTo(90_000);
    }

    @Test
    void closingLeavesTheDriver() {
        scenario("gpus 2");
        host.poll(Tier.RARE);
        assertThat(host.driver.sessions()).isEqualTo(1);
        host.source().close();
        assertThat(host.driver.sessions()).isZero();
    }
}
