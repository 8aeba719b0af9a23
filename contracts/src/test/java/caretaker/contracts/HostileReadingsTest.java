package caretaker.contracts;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a reader does with bytes that no honest writer sends, and a writer with values that no reader would take. */
class HostileReadingsTest {
    private final ReadingsCodec codec = new ReadingsCodec();
    private final Readings into = new Readings();

    @ParameterizedTest
    @CsvSource({
        "0000, field number 0",
        "07, wire type 7",
        "0e, wire type 6",
        "7b08017c, a group",
        "7c, the end of a group",
        "82, a tag cut off",
        "ffffffff1f00, a tag beyond 32 bits",
        "7a05414243, a length beyond the record",
        "7affffffff0f, a length of 4 GiB",
        "7affffffffffffffffff01, a length of -1",
        "7affffffff07, a length of 2^31-1",
        "7880808080808080808080, a number without end",
        "788080808080808080808000, a number of eleven bytes",
        "79010203, eight bytes cut off",
        "7d010203, four bytes cut off",
    })
    void bytesThatAreNotProtobufAreMalformed(String hex, String what) {
        assertThat(decode(record(), bytes(hex))).as(what).isInstanceOf(ReadingsCodec.Decoded.Malformed.class);
        assertThat(decode(record(gpu(bytes(hex)))))
                .as(what + " in a GPU")
                .isInstanceOf(ReadingsCodec.Decoded.Malformed.class);
    }

    @ParameterizedTest
    @CsvSource({
        "7801, a number",
        "788100, a number with a byte too many",
        "f8ffffff0f01, the highest field number",
        "7a03414243, bytes",
        "790102030405060708, eight bytes",
        "7d01020304, four bytes",
        "5205ffffffffff, a known field of another kind",
    })
    void whatIsUnknownIsSkipped(String hex, String what) {
        assertThat(decode(record(), bytes(hex))).as(what).isInstanceOf(ReadingsCodec.Decoded.Known.class);
        byte[] inGpu = hex.startsWith("78") ? bytes("f80f" + hex.substring(2)) : bytes(hex);
        assertThat(decode(record(gpu(inGpu)))).as(what + " in a GPU").isInstanceOf(ReadingsCodec.Decoded.Known.class);
    }

    @Test
    void aNumberThatRunsOverItsGpuIsMalformedThoughTheRecordGoesOn() {
        byte[] cut = gpu(bytes("68ffff")); // temperature: two bytes of three
        assertThat(decode(record(cut, gpu(bytes(""), "GPU-2"), gpu(bytes(""), "GPU-3"))))
                .isInstanceOf(ReadingsCodec.Decoded.Malformed.class);
    }

    @Test
    void noValueAtAllIsMalformed() {
        assertThat(codec.decode(null, into)).isInstanceOf(ReadingsCodec.Decoded.Malformed.class);
        assertThat(codec.decode(new byte[0], into)).isInstanceOf(ReadingsCodec.Decoded.Malformed.class);
    }

    @Test
    void aNameIsPrintableAsciiWithoutSpaceOfAtMost253Characters() {
        for (String bad : new String[] {"", " ", "a b", "a\tb", "a\nb", "a\u0000", "\u007f", "köln", "x".repeat(254)}) {
            assertThat(WireName.isValid(bad)).as("'%s'", bad).isFalse();
            assertMalformed(out -> out.host = bad.getBytes(UTF_8));
            assertMalformed(out -> out.agent = bad.getBytes(UTF_8));
            assertThat(decode(record(gpu(bytes(""), bad)))).isInstanceOf(ReadingsCodec.Decoded.Malformed.class);
        }
        assertMalformed(out -> out.host = "caf\u00e9".getBytes(ISO_8859_1)); // not UTF-8 at all
        for (String good : new String[] {"a", "Node_1.example.org", "10.0.0.1", "fe80::1", "r1/n2", "x".repeat(253)}) {
            assertThat(WireName.isValid(good)).isTrue();
            var raw = new Raw();
            raw.host = good.getBytes(UTF_8);
            assertThat(decode(raw.toBytes())).isInstanceOf(ReadingsCodec.Decoded.Known.class);
            assertThat(into.host()).isEqualTo(good);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, 253_402_300_800_000L, Long.MAX_VALUE})
    void aTimeThatNoClockShowsIsMalformed(long time) {
        assertMalformed(out -> out.time = time);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void aSequenceThatDoesNotCountFromOneIsMalformed(long sequence) {
        assertMalformed(out -> out.sequence = sequence);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1L << 31, 1L << 32})
    void anIntervalThatIsNoneIsMalformed(long interval) {
        assertMalformed(out -> out.interval = interval);
    }

    @Test
    void theSameUuidTwiceIsMalformed() {
        assertThat(decode(record(gpu(bytes("")), gpu(bytes(""), "GPU-2"), gpu(bytes("")))))
                .isEqualTo(new ReadingsCodec.Decoded.Malformed("two GPUs with UUID GPU-1"));
    }

    @Test
    void moreGpusThanAHostCanHaveAreMalformed() {
        var gpus = new byte[ReadingsCodec.MAX_GPUS + 1][];
        Arrays.setAll(gpus, i -> gpu(bytes(""), "GPU-" + i));
        assertThat(decode(record(gpus))).isInstanceOf(ReadingsCodec.Decoded.Malformed.class);
        assertThat(decode(record(Arrays.copyOf(gpus, ReadingsCodec.MAX_GPUS))))
                .isInstanceOf(ReadingsCodec.Decoded.Known.class);
    }

    @Test
    void moreFansThanABoardCanHaveAreMalformed() {
        assertThat(decode(record(gpu(bytes("4210" + "02".repeat(16))))))
                .isInstanceOf(ReadingsCodec.Decoded.Known.class);
        assertThat(decode(record(gpu(bytes("4211" + "02".repeat(17))))))
                .isInstanceOf(ReadingsCodec.Decoded.Malformed.class);
        assertThat(decode(record(gpu(bytes("4002".repeat(17)))))).isInstanceOf(ReadingsCodec.Decoded.Malformed.class);
    }

    @Test
    void fansArriveTogetherOrOneByOneOrInParts() {
        decode(record(gpu(bytes("4003" + "42020406" + "4008")))); // -2 is none: left out and counted
        assertThat(into.gpus().getFirst().vector(VectorColumn.FAN_SPEED_PERCENTAGE))
                .containsExactly(-1, 2, 3, 4);
        assertThat(codec.rejected()).isEqualTo(1);
    }

    @Test
    void aStateThatIsMissingZeroOrNewCountsAsDegraded() {
        for (String hex : new String[] {"", "1800", "1863", "18ffffffffffffffffff01"}) {
            assertThat(decode(record(gpu(bytes(hex))))).isInstanceOf(ReadingsCodec.Decoded.Known.class);
            assertThat(into.gpus().getFirst().state()).isEqualTo(GpuState.DEGRADED);
        }
    }

    @Test
    void aValueOutOfRangeIsLeftOutWhereverItStands() {
        // Given: 300 % first, where the inner loop reads, and last, where it does not
        byte[] first = gpu(bytes("50ac02" + "6828" + "a201" + "02".repeat(3)));

        // When
        var decoded = decode(record(gpu(bytes("50ac02" + "6828" + "50ac02"))));

        // Then
        assertThat(first).isNotEmpty();
        assertThat(decoded).isInstanceOf(ReadingsCodec.Decoded.Known.class);
        GpuReading gpu = into.gpus().getFirst();
        assertThat(gpu.has(Column.UTILIZATION_PERCENTAGE)).isFalse();
        assertThat(gpu.get(Column.TEMPERATURE_CELSIUS)).isEqualTo(40);
        assertThat(codec.rejected()).isEqualTo(2);
    }

    @Test
    void theInnerLoopAndThePlainOneReadTheSame() {
        // Given: every column at its ends, in a record short enough for the plain loop only, and in a longer one
        for (Column column : Column.values()) {
            for (long value : new long[] {column.min(), column.max(), column.min() - 1, column.max() + 1, -1, 300}) {
                var field = new WireWriter();
                field.number(column.field(), value);
                byte[] longer = gpu(field.toBytes());
                byte[] padding = bytes("7a20" + "00".repeat(32));

                // When
                boolean plain = decode(record(longer)) instanceof ReadingsCodec.Decoded.Known && has(column, value);
                boolean inner =
                        decode(record(longer), padding) instanceof ReadingsCodec.Decoded.Known && has(column, value);

                // Then
                assertThat(plain).as("%s = %d", column, value).isEqualTo(column.accepts(value));
                assertThat(inner).as("%s = %d", column, value).isEqualTo(column.accepts(value));
            }
        }
    }

    @Test
    void aRecordHoldsNothingOfTheOneBefore() {
        // Given
        decode(record(gpu(bytes("6828" + "4202" + "0406" + "1803")), gpu(bytes(""), "GPU-2")));

        // When
        decode(record(gpu(bytes(""), "GPU-9")));

        // Then
        assertThat(into.gpus()).hasSize(1);
        GpuReading gpu = into.gpus().getFirst();
        assertThat(gpu.uuid()).isEqualTo("GPU-9");
        assertThat(gpu.size()).isZero();
        assertThat(gpu.vector(VectorColumn.FAN_SPEED_PERCENTAGE)).isEmpty();
        assertThat(gpu.state()).isEqualTo(GpuState.DEGRADED);
    }

    @Test
    void namesThatComeAgainAreTheSameObjects() {
        decode(record(gpu(bytes(""))));
        String host = into.host();
        String uuid = into.gpus().getFirst().uuid();
        decode(record(gpu(bytes(""))));
        assertThat(into.host()).isSameAs(host);
        assertThat(into.gpus().getFirst().uuid()).isSameAs(uuid);
    }

    @Test
    void aWriterCutsLongTextsBetweenCharacters() {
        // Given: 85 characters of three bytes are 255, so the 86th does not fit
        Readings readings = valid().info(new HostInfo("€".repeat(100), "x".repeat(300), "", "", "", "\ud800"));

        // When
        assertThat(codec.decode(codec.encode(readings), into)).isInstanceOf(ReadingsCodec.Decoded.Known.class);

        // Then
        assertThat(into.info()).isEqualTo(new HostInfo("€".repeat(85), "x".repeat(256), "", "", "", "?"));
    }

    @Test
    void aWriterCanTellThatNoReaderWillTakeARecord() {
        for (Readings bad : new Readings[] {
            valid().host(""),
            valid().host("a b"),
            valid().agentId(""),
            valid().sequence(0),
            valid().timeUnixMillis(-1),
            valid().intervalMillis(0),
        }) {
            assertThat(ReadingsCodec.problem(bad)).startsWith("no ");
            assertThat(codec.decode(codec.encode(bad), into)).isInstanceOf(ReadingsCodec.Decoded.Malformed.class);
        }
    }

    @Test
    void aWriterLeavesOutAGpuThatNoReaderCouldTell() {
        // Given
        Readings readings = valid();
        var gpus = readings.gpuCount(4);
        String[] uuids = {"GPU-1", "", "GPU-1", "GPU-2"};
        for (int i = 0; i < 4; i++) {
            gpus.get(i).uuid(uuids[i]).index(i - 1).vector(VectorColumn.FAN_SPEED_RPM, new long[20]);
        }

        // When
        var decoded = codec.decode(codec.encode(readings), into);

        // Then
        assertThat(decoded).isInstanceOf(ReadingsCodec.Decoded.Known.class);
        assertThat(into.gpus()).extracting(GpuReading::uuid).containsExactly("GPU-1", "GPU-2");
        assertThat(codec.leftOut()).isEqualTo(2);
    }

    private boolean has(Column column, long value) {
        GpuReading gpu = into.gpus().getFirst();
        return gpu.has(column) && gpu.get(column) == value;
    }

    private void assertMalformed(Consumer<Raw> change) {
        var raw = new Raw();
        change.accept(raw);
        assertThat(decode(raw.toBytes())).isInstanceOf(ReadingsCodec.Decoded.Malformed.class);
    }

    private ReadingsCodec.Decoded decode(byte[]... parts) {
        var whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return codec.decode(whole.toByteArray(), into);
    }

    private static Readings valid() {
        return new Readings()
                .host("node-1")
                .agentId("a-1")
                .sequence(1)
                .timeUnixMillis(1)
                .intervalMillis(1000);
    }

    private static byte[] record(byte[]... gpus) {
        var raw = new Raw();
        raw.gpus = gpus;
        return raw.toBytes();
    }

    private static byte[] gpu(byte[] fields) {
        return gpu(fields, "GPU-1");
    }

    private static byte[] gpu(byte[] fields, String uuid) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(field(1, uuid.getBytes(UTF_8)));
        out.writeBytes(fields);
        return field(7, out.toByteArray());
    }

    private static byte[] field(int number, byte[] content) {
        var head = new WireWriter();
        head.varint(number << 3 | 2);
        head.varint(content.length);
        var out = new ByteArrayOutputStream();
        out.writeBytes(head.toBytes());
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /** A record with nothing checked. */
    private static final class Raw {
        private byte[] host = "node-1".getBytes(UTF_8);
        private byte[] agent = "a-1".getBytes(UTF_8);
        private long time = 1_790_000_000_000L;
        private long interval = 1000;
        private long sequence = 1;
        private byte[][] gpus = {};

        private byte[] toBytes() {
            var out = new ByteArrayOutputStream();
            out.writeBytes(number(1, 1));
            out.writeBytes(field(2, host));
            out.writeBytes(number(3, time));
            out.writeBytes(number(4, interval));
            out.writeBytes(field(5, agent));
            out.writeBytes(number(6, sequence));
            for (byte[] gpu : gpus) {
                out.writeBytes(gpu);
            }
            return out.toByteArray();
        }

        private static byte[] number(int field, long value) {
            var out = new WireWriter();
            out.number(field, value);
            return out.toBytes();
        }
    }
}
