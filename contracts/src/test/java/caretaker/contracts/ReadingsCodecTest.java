package caretaker.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReadingsCodecTest {
    private final ReadingsCodec codec = new ReadingsCodec();

    @Test
    void everyColumnSurvivesTheWire() {
        // Given
        Readings sent = example();

        // When
        var received = new Readings();
        var decoded = codec.decode(codec.encode(sent), received);

        // Then
        assertThat(decoded).isInstanceOf(ReadingsCodec.Decoded.Known.class);
        assertThat(received.host()).isEqualTo("node-1");
        assertThat(received.gpusExpected()).isEqualTo(2);
        assertThat(received.info()).isEqualTo(sent.info());
        assertThat(received.gpus()).hasSize(2);
        for (Column column : Column.values()) {
            assertThat(received.gpus().get(1).has(column)).isTrue();
            assertThat(received.gpus().get(1).get(column))
                    .isEqualTo(sent.gpus().get(1).get(column));
        }
        assertThat(received.gpus().get(1).vector(VectorColumn.FAN_SPEED_RPM)).containsExactly(1200, -1, 900);
        assertThat(received.gpus().get(1).identity())
                .isEqualTo(sent.gpus().get(1).identity());
        assertThat(codec.rejected()).isZero();
    }

    @Test
    void aRecordCutOffAnywhereIsMalformedOrWholeAndNeverThrows() {
        byte[] whole = codec.encode(example());
        var into = new Readings();
        for (int length = 0; length < whole.length; length++) {
            assertThat(codec.decode(Arrays.copyOf(whole, length), into)).isNotNull();
        }
    }

    @Test
    void noBytesMakeTheDecoderThrow() {
        var random = new Random(7);
        var into = new Readings();
        byte[] whole = codec.encode(example());
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = whole.clone();
            for (int flips = random.nextInt(8); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            assertThat(codec.decode(bytes, into)).isNotNull();
        }
    }

    @Test
    void aRecordOfANewerFormatIsNotGuessedAt() {
        byte[] bytes = codec.encode(example());
        bytes[1] = 2; // the format number is the first field
        assertThat(codec.decode(bytes, new Readings())).isEqualTo(new ReadingsCodec.Decoded.Newer(2));
    }

    @Test
    void blanksOfTheDriverAreRefused() {
        var gpu = new GpuReading();
        assertThat(gpu.set(Column.UTILIZATION_PERCENTAGE, 4_294_967_295L)).isFalse();
        assertThat(gpu.set(Column.ENERGY_MILLIJOULES, -1)).isFalse(); // 2^64-1
        assertThat(gpu.set(Column.TEMPERATURE_CELSIUS, 4_294_967_295L)).isFalse();
        assertThat(gpu.set(Column.POWER_DRAW_MILLIWATTS, -5)).isFalse();
        assertThat(gpu.size()).isZero();
    }

    private static Readings example() {
        var readings = new Readings()
                .host("node-1")
                .agentId("a-1")
                .timeUnixMillis(1_790_000_000_000L)
                .intervalMillis(1000)
                .sequence(42)
                .gpuCounts(2, 2, 2)
                .info(new HostInfo("580.95", "13.580", "13.0", "", "0.1.0", "nvml"));
        var gpus = readings.gpuCount(2);
        for (int i = 0; i < 2; i++) {
            var gpu = gpus.get(i).uuid("GPU-" + i).index(i).state(GpuState.OK);
            gpu.identity(new GpuIdentity("Example", "00000000:01:00.0", "", "", "v1", "hopper", "9.0", "0", "1", "2"));
            for (Column column : Column.values()) {
                long value = column.quantity() == Column.Quantity.FLAG ? i : 1 + i;
                assertThat(gpu.set(column, value)).isTrue();
            }
            gpu.set(Column.TEMPERATURE_MARGIN_CELSIUS, -7);
            gpu.set(Column.MEMORY_TOTAL_BYTES, 85_899_345_920L);
            for (VectorColumn column : VectorColumn.values()) {
                gpu.vector(column, new long[] {i, -1, column.quantity().max()});
            }
            for (Part part : Part.values()) {
                PartReading added = part.ofHost() ? readings.addSxid() : gpu.addPart(part);
                added.identity("a" + i, "b", "c\n\"ü🚀");
                PartColumn.of(part).forEach(column -> added.set(column, 1 + column.field()));
            }
            gpu.markFromDcgm(Column.XID_LAST).markFromDcgm(Part.MIG);
            gpu.vector(VectorColumn.FAN_SPEED_RPM, new long[] {1200, -1, 900});
        }
        return readings;
    }
}
