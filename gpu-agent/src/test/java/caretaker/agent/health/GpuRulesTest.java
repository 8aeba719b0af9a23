package caretaker.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import caretaker.contracts.HealthEvent.State;
import caretaker.contracts.Readings;
import caretaker.testkit.Cases;
import caretaker.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** P5: what was wrong and is well again is cleared, by a rule of its own for each condition. */
class GpuRulesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final List<HealthEvent> events = new ArrayList<>();
    private final HealthLedger ledger = new HealthLedger("node-1", "agent", new ManualClock(), events::add);
    private final Readings readings = new Readings();
    private final GpuReading gpu =
            readings.gpuCount(1).getFirst().uuid("GPU-3").index(3).state(GpuState.OK);
    private GpuRules rules = new GpuRules(Finding.host("node-1"), RuleSettings.DEFAULT);
    private List<Finding> found = List.of();
    private long nanos = 1;

    GpuRulesTest() {
        readings.gpuCounts(1, 1, 1);
    }

    private GpuRulesTest set(Column column, long value) {
        assertThat(gpu.set(column, value)).isTrue();
        return this;
    }

    private void poll(Tier tier) {
        if (gpu.state().answers()) {
            gpu.state(GpuState.OK);
        }
        GpuRules.Judgement judgement = rules.judge(tier, readings, found, nanos);
        ledger.settle("rules", judgement.raised());
        judgement.occurred().forEach(ledger::occurred);
    }

    private void poll(Duration time, Tier tier) {
        for (long i = 0; i < time.toSeconds(); i++) {
            nanos += SECOND.toNanos();
            poll(tier);
        }
    }

    private List<String> said() {
        return events.stream()
                .map(event -> event.condition().wire() + " " + event.state())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "SRAM_ECC_THRESHOLD_EXCEEDED, 1, GPU_SRAM_THRESHOLD",
        "RETIRED_PAGES_PENDING, 1, GPU_PAGE_RETIREMENT_PENDING",
        "ROW_REMAP_PENDING, 1, GPU_ROW_REMAP_PENDING",
        "ROW_REMAP_FAILURE, 1, GPU_ROW_REMAP_FAILURE",
        "REPAIR_PENDING_CHANNEL, 1, GPU_REPAIR_PENDING",
        "REPAIR_PENDING_TPC, 1, GPU_REPAIR_PENDING",
        "MEMORY_UNREPAIRABLE, 1, GPU_MEMORY_UNREPAIRABLE",
        "INFOROM_VALID, 0, GPU_INFOROM_CORRUPT"
    })
    void aValueThatIsOneOrTheOtherIsRaisedAndClearedAtOnce(Column column, long bad, Condition condition) {
        poll(Tier.SLOW);
        assertThat(events).isEmpty();
        set(column, bad);
        poll(SECOND, Tier.SLOW);
        poll(SECOND, Tier.SLOW);
        assertThat(said()).containsExactly(condition.wire() + " RAISED");
        assertThat(events.getFirst().entity()).isEqualTo(Finding.gpu("GPU-3", 3));
        assertThat(events.getFirst().severity()).isEqualTo(condition.severity());
        assertThat(gpu.state() == GpuState.DEGRADED).isEqualTo(condition.severity() != Severity.INFO);
        gpu.remove(column);
        poll(SECOND, Tier.SLOW);
        assertThat(events).hasSize(1);
        set(column, 1 - bad);
        poll(SECOND, Tier.SLOW);
        assertThat(said()).containsExactly(condition.wire() + " RAISED", condition.wire() + " CLEARED");
        assertThat(gpu.state()).isEqualTo(GpuState.OK);
    }

    @Test
    void persistenceModeThatIsOffForAMinuteIsForInformationAndDegradesNothing() {
        set(Column.PERSISTENCE_MODE, 0);
        poll(SECOND, Tier.SLOW);
        poll(Duration.ofSeconds(59), Tier.SLOW);
        assertThat(events).isEmpty();
        poll(SECOND, Tier.SLOW);
        assertThat(said()).containsExactly("gpu.persistence-off RAISED");
        assertThat(gpu.state()).isEqualTo(GpuState.OK);
    }

    /** It is bad all the time: the other fault does not wait for as long as the first one did. */
    @Test
    void anotherFaultOfTheSameKindIsRaisedWithTheNextPoll() {
        set(Column.FABRIC_HEALTH_DEGRADED_BANDWIDTH, 0).set(Column.FABRIC_HEALTH_ROUTE_UNHEALTHY, 1);
        poll(Duration.ofSeconds(31), Tier.SLOW);
        assertThat(said()).containsExactly("gpu.fabric-unhealthy RAISED");
        set(Column.FABRIC_HEALTH_DEGRADED_BANDWIDTH, 1);
        poll(SECOND.multipliedBy(2), Tier.SLOW);
        assertThat(said())
                .containsExactly(
                        "gpu.fabric-unhealthy RAISED", "gpu.fabric-unhealthy CLEARED", "gpu.fabric-unhealthy RAISED");
        assertThat(events.getLast().code()).isEqualTo("degraded_bandwidth");
    }

    @Test
    void theDriversRecoveryActionIsRaisedAtOnceAndAnotherOneIsNews() {
        set(Column.RECOVERY_ACTION, 1);
        poll(SECOND, Tier.FAST);
        assertThat(events.getFirst().action()).isEqualTo(Action.RESET_GPU);
        assertThat(events.getFirst().code()).isEqualTo("1");
        set(Column.RECOVERY_ACTION, 2);
        poll(SECOND.multipliedBy(2), Tier.FAST);
        assertThat(said())
                .containsExactly(
                        "gpu.recovery-action RAISED", "gpu.recovery-action CLEARED", "gpu.recovery-action RAISED");
        assertThat(events.getLast().action()).isEqualTo(Action.REBOOT_NODE);
        set(Column.RECOVERY_ACTION, 0);
        poll(SECOND.multipliedBy(5), Tier.FAST);
        assertThat(events).hasSize(3);
        poll(SECOND, Tier.FAST);
        assertThat(events.getLast().state()).isEqualTo(State.CLEARED);
        set(Column.RECOVERY_ACTION, 3);
        poll(SECOND, Tier.FAST);
        assertThat(events.getLast().severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    void aGpuThatNeedsAResetStillSaysSo() {
        gpu.state(GpuState.RESET_REQUIRED);
        set(Column.RECOVERY_ACTION, 1);
        poll(SECOND, Tier.FAST);
        assertThat(said()).containsExactly("gpu.recovery-action RAISED");
        assertThat(gpu.state()).isEqualTo(GpuState.RESET_REQUIRED);
    }

    @Test
    void throttlingForAFifthOfAMinuteIsRaisedAndABlinkIsNot() {
        set(Column.CLOCK_EVENT_REASONS, 0);
        poll(Duration.ofMinutes(2), Tier.FAST);
        set(Column.CLOCK_EVENT_REASONS, 0x20);
        poll(Duration.ofSeconds(11), Tier.FAST);
        assertThat(events).isEmpty();
        poll(SECOND, Tier.FAST);
        assertThat(said()).containsExactly("gpu.thermal-throttling RAISED");
        assertThat(events.getFirst().evidence())
                .containsEntry("percentOfWindow", "20")
                .containsEntry("reasons", "0x20");
        set(Column.CLOCK_EVENT_REASONS, 0x4); // the power cap is no fault
        poll(Duration.ofSeconds(40), Tier.FAST);
        assertThat(events).hasSize(1);
        poll(Duration.ofSeconds(30), Tier.FAST);
        assertThat(said()).containsExactly("gpu.thermal-throttling RAISED", "gpu.thermal-throttling CLEARED");
    }

    @Test
    void throttlingBetweenTwoPollsIsSeenByTheDriversClock() {
        set(Column.CLOCK_EVENT_REASONS, 0);
        for (int i = 0; i < 60; i++) {
            set(Column.CLOCK_EVENT_THERMAL_NANOSECONDS, 250_000_000L * i);
            poll(SECOND, Tier.FAST);
        }
        assertThat(said()).containsExactly("gpu.thermal-throttling RAISED");
    }

    @Test
    void aPowerBrakeIsAnotherConditionThanHeat() {
        set(Column.CLOCK_EVENT_REASONS, 0x88);
        poll(Duration.ofSeconds(20), Tier.FAST);
        assertThat(said()).containsExactly("gpu.power-brake RAISED");
        gpu.remove(Column.CLOCK_EVENT_REASONS);
        poll(Duration.ofMinutes(5), Tier.FAST);
        assertThat(events).hasSize(1);
        set(Column.CLOCK_EVENT_REASONS, 0);
        poll(SECOND, Tier.FAST);
        assertThat(said()).containsExactly("gpu.power-brake RAISED", "gpu.power-brake CLEARED");
    }

    @Test
    void anUncorrectableErrorHoldsUntilTheResetOrForADay() {
        set(Column.ECC_ERRORS_UNCORRECTED_VOLATILE, 0);
        poll(SECOND, Tier.SLOW);
        set(Column.ECC_ERRORS_UNCORRECTED_VOLATILE, 2);
        poll(SECOND, Tier.SLOW);
        assertThat(said()).containsExactly("gpu.ecc-uncorrected RAISED");
        set(Column.ECC_ERRORS_UNCORRECTED_VOLATILE, 0);
        poll(SECOND, Tier.SLOW);
        assertThat(events).hasSize(2);
        set(Column.ECC_ERRORS_UNCORRECTED_VOLATILE, 1);
        poll(SECOND, Tier.SLOW);
        nanos += Duration.ofHours(23).toNanos();
        set(Column.ECC_ERRORS_UNCORRECTED_VOLATILE, 3);
        poll(SECOND, Tier.SLOW);
        nanos += Duration.ofHours(23).toNanos();
        poll(SECOND, Tier.SLOW);
        assertThat(events).hasSize(3);
        nanos += Duration.ofHours(1).toNanos();
        poll(SECOND, Tier.SLOW);
        assertThat(events).hasSize(4);
        poll(SECOND, Tier.SLOW);
        set(Column.ECC_ERRORS_UNCORRECTED_VOLATILE, 4);
        poll(SECOND, Tier.SLOW);
        assertThat(said()).hasSize(5).last().isEqualTo("gpu.ecc-uncorrected RAISED");
    }

    private void restart() {
        List<GpuMemory> known = rules.memory();
        rules = new GpuRules(Finding.host("node-1"), RuleSettings.DEFAULT);
        rules.restore(known);
        events.clear();
    }

    @Test
    void whatWasAcceptedBeforeARestartIsNotRaisedAgain() {
        // Given
        set(Column.ECC_ERRORS_UNCORRECTED_VOLATILE, 2);
        poll(SECOND, Tier.SLOW);
        nanos += Duration.ofDays(1).toNanos();
        poll(SECOND, Tier.SLOW);

        // When
        restart();
        poll(SECOND, Tier.SLOW);
        assertThat(events).isEmpty();

        // Then
        set(Column.ECC_ERRORS_UNCORRECTED_VOLATILE, 3);
        poll(SECOND, Tier.SLOW);
        assertThat(said()).containsExactly("gpu.ecc-uncorrected RAISED");
    }

    @Test
    void errorsAfterAResetWhileNoAgentRanAreNew() {
        set(Column.ECC_ERRORS_UNCORRECTED_VOLATILE, 5);
        poll(SECOND, Tier.SLOW);
        nanos += Duration.ofDays(1).toNanos();
        poll(SECOND, Tier.SLOW);
        restart();
        set(Column.ECC_ERRORS_UNCORRECTED_VOLATILE, 1);
        poll(SECOND, Tier.SLOW);
        assertThat(said()).containsExactly("gpu.ecc-uncorrected RAISED");
    }

    @Test
    void linksThatWereUpBeforeARestartAreExpectedAfterIt() {
        set(Column.NVLINK_EXPECTED, 12).set(Column.NVLINK_ACTIVE, 4);
        poll(SECOND, Tier.SLOW);
        restart();
        set(Column.NVLINK_ACTIVE, 3);
        poll(Duration.ofMinutes(5), Tier.SLOW);
        assertThat(said()).containsExactly("gpu.nvlink-down RAISED");
    }

    @Test
    void aPcieLinkIsJudgedUnderLoadOnly() {
        set(Column.PCIE_LINK_GENERATION, 1).set(Column.PCIE_LINK_GENERATION_MAX, 5);
        set(Column.PCIE_LINK_WIDTH, 16).set(Column.PCIE_LINK_WIDTH_MAX, 16);
        set(Column.UTILIZATION_PERCENTAGE, 3);
        poll(Duration.ofMinutes(10), Tier.SLOW);
        assertThat(events).isEmpty();
        set(Column.UTILIZATION_PERCENTAGE, 90);
        poll(Duration.ofSeconds(70), Tier.SLOW);
        assertThat(events).isEmpty();
        poll(SECOND.multipliedBy(2), Tier.SLOW);
        assertThat(said()).containsExactly("gpu.pcie-degraded RAISED");
        assertThat(events.getFirst().message()).contains("generation 1 instead of 5 under load");
        set(Column.UTILIZATION_PERCENTAGE, 0);
        poll(Duration.ofMinutes(10), Tier.SLOW);
        assertThat(events).hasSize(1);
        set(Column.UTILIZATION_PERCENTAGE, 90).set(Column.PCIE_LINK_GENERATION, 5);
        poll(Duration.ofSeconds(72), Tier.SLOW);
        assertThat(said()).containsExactly("gpu.pcie-degraded RAISED", "gpu.pcie-degraded CLEARED");
    }

    /** P6: a card without a bridge has links too, and none of them is up. */
    @Test
    void linksThatWereNeverUpAreNoAlarmWithoutAFabric() {
        set(Column.NVLINK_EXPECTED, 12).set(Column.NVLINK_ACTIVE, 0);
        poll(Duration.ofMinutes(5), Tier.SLOW);
        assertThat(events).isEmpty();
        set(Column.NVLINK_ACTIVE, 4);
        poll(Duration.ofMinutes(5), Tier.SLOW);
        assertThat(events).isEmpty();
        set(Column.NVLINK_ACTIVE, 3);
        poll(Duration.ofSeconds(31), Tier.SLOW);
        assertThat(events.getFirst().message()).isEqualTo("GPU 3 has 3 of 4 NVLinks up");
        set(Column.NVLINK_ACTIVE, 4);
        poll(Duration.ofSeconds(31), Tier.SLOW);
        assertThat(said()).containsExactly("gpu.nvlink-down RAISED", "gpu.nvlink-down CLEARED");
    }

    /** P23: all links inactive, and still healthy. */
    @Test
    void noLinkUpIsAFaultWhereThereIsAFabricOrWhereTheyAreConfigured() {
        set(Column.NVLINK_EXPECTED, 18).set(Column.NVLINK_ACTIVE, 0).set(Column.FABRIC_STATE, 3);
        poll(Duration.ofSeconds(31), Tier.SLOW);
        assertThat(events.getFirst().message()).isEqualTo("GPU 3 has 0 of 18 NVLinks up");
        events.clear();
        rules = new GpuRules(
                Finding.host("node-1"), new RuleSettings(Map.of(), RuleSettings.DEFAULT.throttle(), 50, 12));
        ledger.settle("rules", List.of());
        events.clear();
        gpu.remove(Column.FABRIC_STATE);
        poll(Duration.ofSeconds(31), Tier.SLOW);
        assertThat(events.getFirst().message()).isEqualTo("GPU 3 has 0 of 12 NVLinks up");
    }

    @Test
    void anUnhealthyFabricNamesItsCheck() {
        set(Column.FABRIC_HEALTH_DEGRADED_BANDWIDTH, 0).set(Column.FABRIC_HEALTH_ROUTE_UNHEALTHY, 1);
        poll(Duration.ofSeconds(31), Tier.SLOW);
        assertThat(events.getFirst().code()).isEqualTo("route_unhealthy");
        set(Column.FABRIC_HEALTH_ROUTE_UNHEALTHY, 0);
        poll(Duration.ofSeconds(31), Tier.SLOW);
        assertThat(said()).containsExactly("gpu.fabric-unhealthy RAISED", "gpu.fabric-unhealthy CLEARED");
    }

    /** P1: somebody counts the GPUs. */
    @ParameterizedTest
    @CsvSource({
        "8, 7, 7, 'the driver lists 7 GPUs of 8 expected ones, and the PCI bus has no more'",
        "8, 7, 8, the driver lists 7 of 8 GPUs that are on the PCI bus",
        "8, 7, -1, the driver lists 7 GPUs of 8 expected ones",
        "7, 8, 8, 'the driver lists 8 GPUs, more than the 7 expected ones'"
    })
    void countsThatDifferSayWhich(int expected, int visible, int onPci, String message) {
        readings.gpuCounts(expected, visible, onPci);
        poll(Duration.ofSeconds(10), Tier.SLOW);
        assertThat(events).isEmpty();
        poll(SECOND, Tier.SLOW);
        assertThat(events.getFirst().message()).isEqualTo(message);
        assertThat(events.getFirst().entity()).isEqualTo(Finding.host("node-1"));
        readings.gpuCounts(8, 8, 8);
        poll(Duration.ofSeconds(11), Tier.SLOW);
        assertThat(said()).containsExactly("gpu.count-mismatch RAISED", "gpu.count-mismatch CLEARED");
    }

    @Test
    void aDriverThatIsGoneMakesNoGpuMissingBesides() {
        readings.gpuCounts(8, 0, 8);
        found = List.of(new Finding(Condition.GPU_DRIVER_GONE, Finding.host("node-1"), "9", "gone", Map.of()));
        poll(Duration.ofMinutes(5), Tier.SLOW);
        assertThat(events).isEmpty();
    }

    @Test
    void aNewPartitionOccursAndIsNotSaidAtTheStart() {
        set(Column.MIG_MODE_CURRENT, 0).set(Column.MIG_INSTANCES, 0);
        poll(SECOND, Tier.SLOW);
        set(Column.MIG_MODE_CURRENT, 1).set(Column.MIG_INSTANCES, 3);
        poll(SECOND.multipliedBy(3), Tier.SLOW);
        assertThat(said()).containsExactly("gpu.mig-changed OCCURRED");
        assertThat(events.getFirst().evidence()).containsEntry("instances", "3").containsEntry("modeBefore", "0");
    }

    @Test
    void aGpuThatIsLostKeepsWhatWasRaised() {
        set(Column.ROW_REMAP_PENDING, 1);
        poll(SECOND, Tier.SLOW);
        gpu.remove(Column.ROW_REMAP_PENDING);
        gpu.state(GpuState.LOST);
        poll(Duration.ofMinutes(5), Tier.SLOW);
        assertThat(said()).containsExactly("gpu.row-remap-pending RAISED");
        assertThat(gpu.state()).isEqualTo(GpuState.LOST);
        gpu.state(GpuState.OK);
        set(Column.ROW_REMAP_PENDING, 0);
        poll(SECOND, Tier.SLOW);
        assertThat(events.getLast().state()).isEqualTo(State.CLEARED);
    }

    @Test
    void whatIsConfiguredHolds() {
        var change = new RuleSettings.Change(true, Severity.WARNING, SECOND.multipliedBy(2), null);
        rules = new GpuRules(
                Finding.host("node-1"),
                new RuleSettings(
                        Map.of(
                                Condition.GPU_PERSISTENCE_OFF, change,
                                Condition.GPU_ROW_REMAP_PENDING, new RuleSettings.Change(false, null, null, null),
                                Condition.GPU_COUNT_MISMATCH, new RuleSettings.Change(false, null, null, null)),
                        RuleSettings.DEFAULT.throttle(),
                        50,
                        0));
        readings.gpuCounts(8, 1, 1);
        set(Column.PERSISTENCE_MODE, 0).set(Column.ROW_REMAP_PENDING, 1);
        poll(SECOND.multipliedBy(2), Tier.SLOW);
        assertThat(events).isEmpty();
        poll(SECOND, Tier.SLOW);
        assertThat(said()).containsExactly("gpu.persistence-off RAISED");
        assertThat(events.getFirst().severity()).isEqualTo(Severity.WARNING);
        assertThat(gpu.state()).isEqualTo(GpuState.DEGRADED);
    }

    @Test
    void whateverTheReadingsEachConditionIsRaisedAndClearedInTurn() {
        Cases.forEach(random -> random.nextLong(), seed -> {
            var random = Cases.random(seed);
            events.clear();
            ledger.settle("rules", List.of());
            events.clear();
            rules = new GpuRules(Finding.host("node-1"), RuleSettings.DEFAULT);
            gpu.clear();
            for (int i = 0; i < 400; i++) {
                Column[] columns = Column.values();
                for (int j = random.nextInt(12); j > 0; j--) {
                    Column column = columns[random.nextInt(columns.length)];
                    if (random.nextInt(4) == 0) {
                        gpu.remove(column);
                    } else {
                        gpu.set(column, random.nextLong(column.min(), Math.min(column.max(), 300) + 1));
                    }
                }
                gpu.state(random.nextInt(10) == 0 ? GpuState.LOST : GpuState.OK);
                readings.gpuCounts(random.nextInt(3), random.nextInt(3), random.nextInt(3));
                nanos += Duration.ofMillis(random.nextInt(20_000)).toNanos();
                poll(random.nextInt(3) == 0 ? Tier.SLOW : Tier.FAST);
            }
            for (Condition condition : Condition.values()) {
                List<State> states = events.stream()
                        .filter(event -> event.condition() == condition && event.state() != State.OCCURRED)
                        .map(HealthEvent::state)
                        .toList();
                for (int i = 0; i < states.size(); i++) {
                    assertThat(states.get(i)).isEqualTo(i % 2 == 0 ? State.RAISED : State.CLEARED);
                }
            }
        });
    }
}
