package caretaker.collector.state;

import static caretaker.collector.Records.encode;
import static caretaker.collector.Records.host;
import static caretaker.collector.Records.identity;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.collector.MadeInventory;
import caretaker.collector.Records;
import caretaker.contracts.Column;
import caretaker.contracts.GpuState;
import caretaker.contracts.HostInfo;
import caretaker.contracts.Readings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FleetTest {
    private static final long YEAR_MILLIS = Duration.ofDays(365).toMillis();

    private final Fleet fleet = new Fleet(FleetLimits.DEFAULT);
    private final Snapshot snapshot = new Snapshot();

    @Test
    void theNewestRecordOfAHostIsWhatASnapshotShows() {
        take(host("a", 1, 2), 0);
        take(host("b", 1, 1), 0);
        Readings newer = host("a", 2, 2);
        newer.gpus().get(1).set(Column.UTILIZATION_PERCENTAGE, 7);

        assertThat(take(newer, 1000)).isEqualTo(Taken.ACCEPTED);

        copyAt(1500);
        assertThat(names()).containsExactly("a", "b");
        assertThat(snapshot.host(0).ageMillis()).isEqualTo(500);
        assertThat(snapshot.host(1).ageMillis()).isEqualTo(1500);
        assertThat(snapshot.gpuCount()).isEqualTo(3);
        assertThat(snapshot.gpu(1).reading().get(Column.UTILIZATION_PERCENTAGE)).isEqualTo(7);
        assertThat(snapshot.gpu(2).host()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "1000, 2999, false", "1000, 3000, true", // three intervals
        "100, 2999, false", "100, 3000, true", // no less than three seconds
        "1, 2999, false", "1, 3000, true",
        "10000, 29999, false", "10000, 30000, true",
        "2147483647, 86399999, false", // no interval keeps a host for ever
    })
    void aHostIsSilentAfterThreeOfItsIntervals(int intervalMillis, long ageMillis, boolean silent) {
        take(host("a", 1, 1).intervalMillis(intervalMillis), 10_000);

        copyAt(10_000 + ageMillis);

        assertThat(snapshot.host(0).silent()).isEqualTo(silent);
        assertThat(snapshot.gpu(0).up()).isEqualTo(!silent);
        assertThat(snapshot.gpu(0).reading().has(Column.UTILIZATION_PERCENTAGE)).isEqualTo(!silent);
        assertThat(fleet.silentHosts(10_000 + ageMillis)).isEqualTo(silent ? 1 : 0);
    }

    @Test
    void aSilentHostKeepsWhoItIsAndItsLastStateAndComesBackWithItsNextRecord() {
        Readings first = host("a", 1, 1).info(Records.INFO).gpuCounts(8, 7, 6);
        first.gpus().getFirst().identity(identity(0)).state(GpuState.DEGRADED);
        take(first, 0);

        copyAt(60_000);

        assertThat(snapshot.host(0).info()).isEqualTo(Records.INFO);
        assertThat(snapshot.host(0).expected()).isEqualTo(8);
        assertThat(snapshot.host(0).visible()).isEqualTo(Readings.UNKNOWN);
        assertThat(snapshot.host(0).onPci()).isEqualTo(Readings.UNKNOWN);
        assertThat(snapshot.gpu(0).reading().state()).isEqualTo(GpuState.DEGRADED);
        assertThat(snapshot.gpu(0).reading().identity()).isEqualTo(identity(0));

        take(host("a", 2, 1), 61_000);
        copyAt(61_000);
        assertThat(snapshot.gpu(0).up()).isTrue();
        assertThat(snapshot.gpu(0).reading().size()).isEqualTo(2);
    }

    @Test
    void aSilentHostIsForgottenExactlyAfterItsTime() {
        long day = Duration.ofHours(24).toMillis();
        take(host("a", 1, 1), 0);

        fleet.forgetOld(day - 1);
        copyAt(day - 1);
        assertThat(names()).containsExactly("a");
        copyAt(day);
        assertThat(names()).isEmpty();
        fleet.forgetOld(day);
        assertThat(fleet.hosts()).isZero();

        assertThat(take(host("a", 1, 1), day)).isEqualTo(Taken.ACCEPTED);
    }

    @Test
    void aHostOfTheInventoryIsDownUntilItsReadingsComeOrItIsForgotten() {
        long day = Duration.ofHours(24).toMillis();
        fleet.responsibleFor(name -> !name.equals("another-collectors"));
        take(host("b", 1, 1), 0);
        for (String name : List.of("a", "b", "c", "another-collectors")) {
            fleet.remember(MadeInventory.of(name).gpus(2).made(), 0);
        }
        fleet.remember(MadeInventory.of("without-gpus").made(), 0);

        copyAt(2999); // the moment that its first reading has to come
        assertThat(names()).containsExactly("b");
        copyAt(3000);
        assertThat(names()).containsExactly("a", "b", "c");
        assertThat(snapshot.host(0).heard()).isFalse();
        assertThat(snapshot.host(0).expected()).isEqualTo(2);
        assertThat(snapshot.gpu(0).up()).isFalse();
        assertThat(snapshot.gpu(0).reading().uuid()).isEqualTo("GPU-a-0");
        assertThat(snapshot.gpu(0).reading().size()).isZero();
        assertThat(fleet.unheardHosts(3000)).isEqualTo(2);
        fleet.copyTo(snapshot, 3000, Set.of("c"));
        assertThat(names()).containsExactly("c");

        take(host("a", 1, 2), 4000);
        fleet.unremember("c");
        copyAt(4000);
        assertThat(names()).containsExactly("a", "b");
        assertThat(snapshot.gpu(0).up()).isTrue();

        fleet.remember(MadeInventory.of("c").gpus(1).made(), 5000);
        copyAt(5000 + day - 1);
        assertThat(names()).contains("c");
        copyAt(5000 + day);
        assertThat(names()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(GpuState.class)
    void aGpuThatDoesNotAnswerIsDown(GpuState state) {
        Readings readings = host("a", 1, 2);
        readings.gpus().getFirst().state(state);
        take(readings, 0);
        copyAt(0);
        assertThat(snapshot.gpu(0).up()).isEqualTo(state == GpuState.OK || state == GpuState.DEGRADED);
        assertThat(snapshot.gpu(1).up()).isTrue();
    }

    @Test
    void aGpuThatTheAgentForgotIsGone() {
        take(host("a", 1, 8), 0);
        take(host("a", 2, 7), 1000);
        copyAt(1000);
        assertThat(snapshot.gpuCount()).isEqualTo(7);
    }

    @Test
    void whatHardlyChangesIsKeptUntilARecordThatHasItComes() {
        Readings first = host("a", 1, 3).info(Records.INFO);
        for (int i = 0; i < 3; i++) {
            first.gpus().get(i).identity(identity(i));
        }
        take(first, 0);
        take(host("a", 2, 1), 1000);
        take(host("a", 3, 3), 2000);
        copyAt(2000);
        assertThat(snapshot.host(0).info()).isEqualTo(Records.INFO);
        assertThat(snapshot.gpu(2).reading().identity()).isEqualTo(identity(2));

        Readings next = host("a", 4, 2).info(new HostInfo("590", "", "", "", "0.2.0", "nvml"));
        next.gpus().get(0).identity(identity(7));
        take(next, 3000);
        take(host("a", 5, 3), 4000);
        copyAt(4000);
        assertThat(snapshot.host(0).info()).isEqualTo(next.info());
        assertThat(snapshot.gpu(0).reading().identity()).isEqualTo(identity(7));
        assertThat(snapshot.gpu(1).reading().identity()).isEqualTo(identity(1));
        assertThat(snapshot.gpu(2).reading().identity()).isNull();
    }

    @Test
    void anIdentityMovesWithItsUuid() {
        Readings first = host("a", 1, 2).info(Records.INFO);
        first.gpus().get(1).identity(identity(1));
        take(first, 0);
        Readings second = host("a", 2, 1);
        second.gpus().get(0).uuid("GPU-a-1");
        take(second, 1000);
        copyAt(1000);
        assertThat(snapshot.gpu(0).reading().identity()).isEqualTo(identity(1));
    }

    @ParameterizedTest(name = "{0} #{1} at {2} after agent-1 #5 at 1000: {3}")
    @CsvSource({
        "agent-1, 6, 1000, true",
        "agent-1, 6, 1, true", // the host's clock was set back
        "agent-1, 5, 1000, false",
        "agent-1, 5, 99999, false",
        "agent-1, 4, 99999, false",
        "agent-2, 1, 1001, true",
        "agent-2, 1, 1000, true",
        "agent-2, 1, 999, false",
        "agent-2, 900, 999, false",
    })
    void onlyANewerRecordReplacesTheNewest(String agent, long sequence, long timeMillis, boolean accepted) {
        take(host("a", 5, 1).timeUnixMillis(1000), 0);
        Readings next = host("a", sequence, 2).agentId(agent).timeUnixMillis(timeMillis);

        Taken taken = take(next, 2999);

        assertThat(taken).isEqualTo(accepted ? Taken.ACCEPTED : Taken.SUPERSEDED);
        copyAt(2999);
        assertThat(snapshot.gpuCount()).isEqualTo(accepted ? 2 : 1);
    }

    @Test
    void anotherAgentWithAnOlderClockTakesOverOnceTheFirstIsSilent() {
        take(host("a", 5, 1).timeUnixMillis(YEAR_MILLIS * 60), 0);
        Readings other = host("a", 1, 1).agentId("agent-2").timeUnixMillis(YEAR_MILLIS * 50);
        assertThat(take(other, 2999)).isEqualTo(Taken.SUPERSEDED);
        assertThat(take(other, 3000)).isEqualTo(Taken.ACCEPTED);
        assertThat(take(other.sequence(2), 4000)).isEqualTo(Taken.ACCEPTED);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1})
    void aClockOfTheHostThatJumpsByAYearChangesNothing(long direction) {
        take(host("a", 1, 1), 0);
        Readings jumped = host("a", 2, 1);
        jumped.timeUnixMillis(jumped.timeUnixMillis() + direction * YEAR_MILLIS);

        assertThat(take(jumped, 1000)).isEqualTo(Taken.ACCEPTED);
        copyAt(1000);
        assertThat(snapshot.host(0).ageMillis()).isZero();
        assertThat(take(host("a", 3, 1), 2000)).isEqualTo(Taken.ACCEPTED);
    }

    @Test
    void aMalformedRecordLeavesWhatTheHostShows() {
        take(host("a", 1, 2), 0);
        byte[] cut = encode(host("a", 2, 2));

        Taken taken = fleet.take(0, Arrays.copyOf(cut, cut.length - 5), 1000);

        assertThat(taken).isInstanceOf(Taken.Malformed.class);
        copyAt(1000);
        assertThat(snapshot.gpuCount()).isEqualTo(2);
        assertThat(snapshot.gpu(1).reading().get(Column.POWER_DRAW_MILLIWATTS)).isEqualTo(612_501);
        assertThat(take(host("a", 2, 2), 2000)).isEqualTo(Taken.ACCEPTED);
    }

    @Test
    void aRecordOfANewerFormatAndOneWithoutValueAreNamedAsSuch() {
        byte[] newer = encode(host("a", 1, 1));
        newer[1] = 9;
        assertThat(fleet.take(0, newer, 0)).isEqualTo(new Taken.Newer(9));
        assertThat(fleet.take(0, null, 0)).isEqualTo(new Taken.Malformed("no value"));
        assertThat(fleet.hosts()).isZero();
    }

    @Test
    void hostsGoWithTheirPartition() {
        fleet.take(1, encode(host("a", 1, 1)), 0);
        fleet.take(2, encode(host("b", 1, 1)), 0);

        fleet.dropPartition(1);

        copyAt(0);
        assertThat(names()).containsExactly("b");
        assertThat(fleet.hosts()).isEqualTo(1);
        assertThat(fleet.take(1, encode(host("a", 1, 1)), 0)).isEqualTo(Taken.ACCEPTED);
    }

    @Test
    void aHostThatMovedToAnotherPartitionStaysWhenTheOldOneGoes() {
        fleet.take(1, encode(host("a", 1, 1)), 0);
        fleet.take(7, encode(host("a", 2, 1)), 0);
        assertThat(fleet.take(1, encode(host("a", 1, 1)), 0)).isEqualTo(Taken.SUPERSEDED);

        fleet.dropPartition(1);
        assertThat(fleet.hosts()).isEqualTo(1);
        fleet.dropPartition(7);
        assertThat(fleet.hosts()).isZero();
    }

    @Test
    void oneHostMoreThanTheLimitIsRefusedAndTheOthersGoOn() {
        var small = new Fleet(new FleetLimits(2, 3, 3, Duration.ofSeconds(3), Duration.ofHours(1)));
        assertThat(small.take(0, encode(host("a", 1, 1)), 0)).isEqualTo(Taken.ACCEPTED);
        assertThat(small.take(0, encode(host("b", 1, 1)), 0)).isEqualTo(Taken.ACCEPTED);
        assertThat(small.take(0, encode(host("c", 1, 1)), 0)).isEqualTo(Taken.REFUSED);
        assertThat(small.take(0, encode(host("b", 2, 1)), 0)).isEqualTo(Taken.ACCEPTED);
        small.forgetOld(Duration.ofHours(2).toMillis());
        assertThat(small.take(0, encode(host("c", 2, 1)), 0)).isEqualTo(Taken.ACCEPTED);
    }

    @Test
    void hostsThatAreAskedForByNameAreCopiedAlone() {
        take(host("a", 1, 1), 0);
        take(host("b", 1, 2), 0);
        fleet.copyTo(snapshot, 0, Set.of("b", "nobody"));
        assertThat(names()).containsExactly("b");
        assertThat(snapshot.gpuCount()).isEqualTo(2);
    }

    @Test
    void ofTooManyGpusTheFirstAreKept() {
        var small = new Fleet(new FleetLimits(2, 3, 3, Duration.ofSeconds(3), Duration.ofHours(1)));
        small.take(0, encode(host("a", 1, 5)), 0);
        small.copyTo(snapshot, 0);
        assertThat(snapshot.gpuCount()).isEqualTo(3);
        assertThat(small.gpusRefused()).isEqualTo(2);
    }

    @Test
    void valuesThatCannotBeTrueAreLeftOutAndCounted() {
        byte[] bytes = encode(host("a", 1, 1));
        for (int i = 0; i + 1 < bytes.length; i++) {
            if (bytes[i] == (Column.UTILIZATION_PERCENTAGE.field() << 3) && bytes[i + 1] == 90) {
                bytes[i + 1] = 101;
            }
        }
        assertThat(fleet.take(0, bytes, 0)).isEqualTo(Taken.ACCEPTED);
        copyAt(0);
        assertThat(snapshot.gpu(0).reading().has(Column.UTILIZATION_PERCENTAGE)).isFalse();
        assertThat(fleet.valuesRejected()).isEqualTo(1);
    }

    private Taken take(Readings readings, long receivedMillis) {
        return fleet.take(0, encode(readings), receivedMillis);
    }

    private void copyAt(long nowMillis) {
        fleet.copyTo(snapshot, nowMillis);
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < snapshot.hostCount(); i++) {
            names.add(snapshot.host(i).name());
        }
        return names;
    }
}
