package caretaker.agent.nvml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FieldValuesTest {
    private final TestNvml driver = TestNvml.load();

    @AfterEach
    void theCallerDidNothingWrong() {
        assertThat(driver.violations()).isEmpty();
    }

    @Test
    void oneCallReadsManyFields() {
        // Given
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        FieldValues fields = nvml.fieldValues(List.of(
                Field.MEMORY_TEMPERATURE_CELSIUS,
                Field.ENERGY_MILLIJOULES,
                Field.HELD_BY_POWER,
                Field.POWER_INSTANT_MILLIWATTS,
                Field.NVLINK_TRANSMIT_KIB,
                Field.MARGIN_SHUTDOWN_CELSIUS,
                Field.RECOVERY_ACTION));
        // When
        int code = fields.read(gpu);
        // Then
        assertThat(code).isZero();
        assertThat(IntStream.range(0, fields.size()).mapToLong(fields::value))
                .containsExactly(52L, 123_456_789L, 7_000_000L, 252_000L, 5_000L, -8L, 0L);
        assertThat(fields.timeUs(0)).isEqualTo(TestNvml.BEGIN_US);
        assertThat(fields.field(6)).isEqualTo(Field.RECOVERY_ACTION);
    }

    @Test
    void theDriversTypePicksTheMemberOfTheUnion() {
        // Given
        driver.scenario("""
                gpu 0 field 1001 2.6 as double
                gpu 0 field 1002 4000000000 as uint
                gpu 0 field 1003 5000000000 as ulong
                gpu 0 field 1004 6000000000 as ulonglong
                gpu 0 field 1005 -7000000000 as slonglong
                gpu 0 field 1006 -1 as sint
                gpu 0 field 1007 65535 as ushort
                gpu 0 field 1008 blank as uint
                gpu 0 field 1009 blank as ulonglong
                """);
        Nvml nvml = driver.start();
        FieldValues fields = nvml.fieldValues(
                IntStream.rangeClosed(1001, 1009).mapToObj(Field::new).toList());
        // When
        fields.read(nvml.gpuByIndex(0).gpu());
        // Then
        assertThat(IntStream.range(0, 9).mapToLong(fields::value))
                .containsExactly(
                        3L,
                        4_000_000_000L,
                        5_000_000_000L,
                        6_000_000_000L,
                        -7_000_000_000L,
                        -1L,
                        65_535L,
                        Answer.BLANK,
                        Answer.BLANK);
    }

    @Test
    void aFieldThatTheDriverDoesNotKnowSpoilsNoOther() {
        // Given
        driver.scenario("driver-version 550.54.15\ngpu 0 energy unsupported\n");
        Nvml nvml = driver.start();
        FieldValues fields = nvml.fieldValues(
                List.of(Field.RECOVERY_ACTION, Field.MEMORY_TEMPERATURE_CELSIUS, Field.ENERGY_MILLIJOULES));
        // When
        int code = fields.read(nvml.gpuByIndex(0).gpu());
        // Then
        assertThat(code).isZero();
        assertThat(Answer.result(fields.value(0))).isEqualTo(NvmlReturn.INVALID_ARGUMENT);
        assertThat(fields.value(1)).isEqualTo(52);
        assertThat(Answer.result(fields.value(2))).isEqualTo(NvmlReturn.NOT_SUPPORTED);
    }

    @Test
    void ofALostGpuNoRowLooksFresh() {
        // Given
        Nvml nvml = driver.start();
        GpuHandle gpu = nvml.gpuByIndex(0).gpu();
        FieldValues fields = nvml.fieldValues(List.of(Field.MEMORY_TEMPERATURE_CELSIUS));
        assertThat(fields.read(gpu)).isZero();
        // When
        driver.apply("gpu 0 lost");
        // Then
        assertThat(fields.read(gpu)).isEqualTo(NvmlReturn.GPU_IS_LOST.code());
        assertThat(Answer.result(fields.value(0))).isEqualTo(NvmlReturn.GPU_IS_LOST);
    }

    @Test
    void idsWhoseMeaningDependsOnTheDriverAreRefused() {
        for (int id : new int[] {199, 200, 251, 269, 273}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new Field(id));
        }
        assertThat(new Field(274).scope()).isZero();
    }
}
