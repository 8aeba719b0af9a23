package caretaker.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is told apart by texts, what is by number, and what came from another source. */
class PartsTest {
    private final ReadingsCodec codec = new ReadingsCodec();
    private final Readings into = new Readings();

    @Test
    void textsOfAnyKindArriveAsTheyWereCutOffWhereTheyAreTooLong() {
        // Given: 10 kB of characters of four bytes, what formats trip over, and half a character
        GpuReading sent = gpu();
        sent.addPart(Part.CONTAINER).identity("🚀".repeat(2500), "4f\"\n\\{}", "\u0000\r\u2028", "\ud83d", "");

        // When
        PartReading received = decoded().parts(Part.CONTAINER).getFirst();

        // Then
        assertThat(received.text(0)).isEqualTo("🚀".repeat(64)).hasSize(128);
        assertThat(received.text(1)).isEqualTo("4f\"\n\\{}");
        assertThat(received.text(2)).isEqualTo("\u0000\r\u2028");
        assertThat(received.text(3)).isEqualTo("?");
        assertThat(received.text(4)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Part.class,
            names = {"SXID"},
            mode = EnumSource.Mode.EXCLUDE)
    void aWriterLeavesOutWhatReadersWouldRefuseAndCountsIt(Part part) {
        // Given
        GpuReading sent = gpu();
        for (int i = 0; i < part.max() + 3; i++) {
            sent.addPart(part).identity("number " + i);
        }
        sent.parts(part).get(7).identity("number 3"); // twice: readers could not tell them apart

        // When
        GpuReading received = decoded();

        // Then
        assertThat(received.parts(part)).hasSize(part.max());
        assertThat(codec.partsLeftOut()).isEqualTo(3);
        assertThat(codec.rejected()).isZero();
    }

    @Test
    void moreThanThereMayBeIsMalformed() {
        for (Part part : Part.values()) {
            String one = field(part.field(), "0a0161");
            String whole = IntStream.range(0, part.max() + 1)
                    .mapToObj(i -> one(part, i))
                    .reduce("", String::concat);
            String most =
                    IntStream.range(0, part.max()).mapToObj(i -> one(part, i)).reduce("", String::concat);
            assertThat(decode(part, one)).isInstanceOf(ReadingsCodec.Decoded.Known.class);
            assertThat(decode(part, most)).isInstanceOf(ReadingsCodec.Decoded.Known.class);
            assertThat(decode(part, whole)).as(part.name()).isInstanceOf(ReadingsCodec.Decoded.Malformed.class);
        }
        for (VectorColumn column : VectorColumn.values()) {
            int max = column.by().max();
            assertThat(decode(Part.XID, field(column.field(), "00".repeat(max))))
                    .isInstanceOf(ReadingsCodec.Decoded.Known.class);
            assertThat(decode(Part.XID, field(column.field(), "00".repeat(max + 1))))
                    .isInstanceOf(ReadingsCodec.Decoded.Malformed.class);
        }
    }

    @Test
    void aSecondOneWithTheSameTextsIsLeftOutAndCounted() {
        String xid = field(Part.XID.field(), "0a0237395007");
        assertThat(decode(Part.XID, xid + xid)).isInstanceOf(ReadingsCodec.Decoded.Known.class);
        assertThat(into.gpus().getFirst().parts(Part.XID)).hasSize(1);
        assertThat(codec.rejected()).isEqualTo(1);
    }

    @Test
    void valuesOutOfRangeAreLeftOutAndWhatIsUnknownIsSkipped() {
        // a value of 2^63-1, an unknown number, text and a text where a number should be
        decode(Part.XID, field(Part.XID.field(), "0a023739" + "50ffffffffffffffff7f" + "7801" + "7a0161" + "5a0161"));
        PartReading xid = into.gpus().getFirst().parts(Part.XID).getFirst();
        assertThat(xid.text(0)).isEqualTo("79");
        assertThat(xid.has(PartColumn.XID_ERRORS)).isFalse();
        assertThat(xid.has(PartColumn.XID_LAST_UNIX_MILLISECONDS)).isFalse();
        assertThat(codec.rejected()).isEqualTo(1);
    }

    @Test
    void bytesThatAreCutOffOrTextsThatAreTooLongAreMalformed() {
        for (String bad : new String[] {"0a", "0a05", "0a0561", "50", "0a8102" + "61".repeat(257), "07", "0b"}) {
            assertThat(decode(Part.XID, field(Part.XID.field(), bad)))
                    .as(bad)
                    .isInstanceOf(ReadingsCodec.Decoded.Malformed.class);
        }
    }

    @Test
    void aRecordHoldsNothingOfTheOneBefore() {
        // Given
        GpuReading full = gpu().vector(VectorColumn.NVLINK_UP, new long[18]).markFromDcgm(Column.XID_LAST);
        full.addPart(Part.CONTAINER).identity("a", "b", "c", "d", "e").set(PartColumn.CONTAINER_PROCESSES, 1);
        decoded();
        String before = into.gpus().getFirst().parts(Part.CONTAINER).getFirst().text(0);

        // When: first one with fewer texts and no value, then none at all
        full.clear();
        full.addPart(Part.CONTAINER).identity("a");
        PartReading fewer = decoded().parts(Part.CONTAINER).getFirst();
        assertThat(fewer.text(0)).isSameAs(before);
        assertThat(fewer.text(4)).isEmpty();
        assertThat(fewer.has(PartColumn.CONTAINER_PROCESSES)).isFalse();
        full.clear();
        GpuReading none = decoded();

        // Then
        assertThat(none.parts(Part.CONTAINER)).isEmpty();
        assertThat(none.vector(VectorColumn.NVLINK_UP)).isEmpty();
        assertThat(none.isAnyFromDcgm()).isFalse();
    }

    @Test
    void whatIsSetAnewIsNotDcgmsAnyMore() {
        GpuReading gpu = gpu().markFromDcgm(Column.XID_LAST).markFromDcgm(VectorColumn.NVLINK_UP);
        gpu.markFromDcgm(Column.PERSISTENCE_MODE);
        gpu.set(Column.XID_LAST, 79);
        gpu.vector(VectorColumn.NVLINK_UP, new long[] {1});
        assertThat(gpu.isFromDcgm(Column.XID_LAST)).isFalse();
        assertThat(gpu.isFromDcgm(VectorColumn.NVLINK_UP)).isFalse();
        assertThat(gpu.isFromDcgm(Column.PERSISTENCE_MODE)).isTrue();
    }

    @Test
    void aCopyIsACopy() {
        // Given
        GpuReading original =
                gpu().vector(VectorColumn.NVLINK_UP, new long[] {1, 0}).markFromDcgm(Part.MIG);
        original.addPart(Part.MIG).identity("1").set(PartColumn.MIG_MULTIPROCESSORS, 14);
        var copy = new GpuReading();
        copy.vector(VectorColumn.FAN_SPEED_RPM, new long[] {7})
                .addPart(Part.XID)
                .identity("79");

        // When
        copy.copyFrom(original);
        original.clear();
        original.vector(VectorColumn.NVLINK_UP, new long[] {0, 0})
                .addPart(Part.MIG)
                .identity("2");

        // Then
        assertThat(copy.vector(VectorColumn.NVLINK_UP)).containsExactly(1, 0);
        assertThat(copy.vector(VectorColumn.FAN_SPEED_RPM)).isEmpty();
        assertThat(copy.parts(Part.XID)).isEmpty();
        assertThat(copy.parts(Part.MIG).getFirst().text(0)).isEqualTo("1");
        assertThat(copy.parts(Part.MIG).getFirst().get(PartColumn.MIG_MULTIPROCESSORS))
                .isEqualTo(14);
        assertThat(copy.isFromDcgm(Part.MIG)).isTrue();
    }

    @Test
    void aGpuWithAllItsLinksStaysSmall() {
        // Given: 18 links that have moved terabytes without an error
        GpuReading sent = gpu();
        for (VectorColumn column : VectorColumn.values()) {
            if (column.by() == VectorColumn.By.NVLINK && column.name().matches(".*(UP|SPEED.*|BYTES|CRC.*|RE.*Y)")) {
                var values = new long[18];
                Arrays.fill(
                        values, Math.min(column.quantity().max(), column.name().endsWith("BYTES") ? 1L << 43 : 0));
                sent.vector(column, values);
            }
        }
        assertThat(codec.encode(readings)).hasSizeLessThan(500);
    }

    private final Readings readings = new Readings();

    private GpuReading gpu() {
        readings.host("node-1").agentId("a-1").sequence(1).timeUnixMillis(1).intervalMillis(1000);
        return readings.gpuCount(1).getFirst().uuid("GPU-1");
    }

    private GpuReading decoded() {
        assertThat(codec.decode(codec.encode(readings), into)).isInstanceOf(ReadingsCodec.Decoded.Known.class);
        return into.gpus().getFirst();
    }

    /** A record with one GPU and these bytes in it, or in the record if they belong there. */
    private ReadingsCodec.Decoded decode(Part part, String hex) {
        String head = "0801" + "120161" + "1801" + "2001" + "2a0161" + "3001";
        String gpu = "0a0167" + (part.ofHost() ? "" : hex);
        return codec.decode(HexFormat.of().parseHex(head + field(7, gpu) + (part.ofHost() ? hex : "")), into);
    }

    private static String one(Part part, int number) {
        byte[] text = Integer.toString(number).getBytes(UTF_8);
        return field(part.field(), field(1, HexFormat.of().formatHex(text)));
    }

    private static String field(int number, String hex) {
        var head = new WireWriter();
        head.varint((long) number << 3 | WireReader.LENGTH);
        head.varint(hex.length() / 2);
        return HexFormat.of().formatHex(head.toBytes()) + hex;
    }
}
