package caretaker.contracts;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A check says of every record what decoding it says, though it decodes few. */
class RecordCheckTest {
    private final ReadingsCodec decoder = new ReadingsCodec();
    private final ReadingsCodec checker = new ReadingsCodec();
    private final Readings decoded = new Readings();
    private final Readings checked = new Readings();
    private int passed;

    @Test
    void ofMadeUpRecordsWholeDamagedAndCutOff() {
        var random = new Random(11);
        for (long seed = 0; seed < 300; seed++) {
            byte[] whole = decoder.encode(seed % 3 == 0 ? MadeUpReadings.random(seed) : ordinary(seed, random));
            assertSame(whole);
            for (int i = 0; i < 60; i++) {
                byte[] damaged = whole.clone();
                for (int flips = random.nextInt(3); flips >= 0; flips--) {
                    damaged[random.nextInt(damaged.length)] =
                            (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(4));
                }
                assertSame(damaged);
                assertSame(Arrays.copyOf(whole, random.nextInt(whole.length)));
                assertSame(withSomethingTwice(whole, random));
            }
        }
        assertThat(passed).isGreaterThan(1000); // or this would show nothing
    }

    @Test
    void ofEveryColumnAtItsEnds() {
        for (boolean padded : new boolean[] {false, true}) {
            for (Column column : Column.values()) {
                for (long value : new long[] {column.min(), column.max(), column.min() - 1, column.max() + 1, -1}) {
                    assertSame(record(
                            gpu("GPU-1", number(column.field(), value)), padded ? "7a20" + "00".repeat(32) : ""));
                }
            }
        }
        assertThat(decoder.rejected()).isPositive();
    }

    @Test
    void ofEveryByteInAName() {
        for (int place = 0; place < 19; place++) {
            for (int value = 0; value < 256; value++) {
                byte[] name = "GPU-0123456789abcde".getBytes(US_ASCII);
                name[place] = (byte) value;
                assertSame(record(field(7, field(1, HexFormat.of().formatHex(name)))));
            }
        }
        for (int length : new int[] {0, 1, 7, 8, 9, 253, 254}) {
            assertSame(record(gpu("x".repeat(length), "")));
        }
        assertThat(passed).isEqualTo(19 * 94 + 5);
    }

    @ParameterizedTest
    @CsvSource({
        "a second XID alike, 8a16040a023739 8a16040a023739",
        "a second SXID alike in the record, 62040a026162 62040a026162",
        "a part without text, 8a1600",
        "two parts without text, 8a16008a1600",
        "a text that is empty, 8a16020a00",
        "texts that are no UTF-8 and alike, 8a16030a01ff8a16030a01fe",
        "a text twice, 8a16060a01610a0162",
        "a fan too many, 4211020202020202020202020202020202020202",
        "fans one by one, 40024004",
        "fans in two pieces, 420102420104",
        "a fan of -2, 420103",
        "a fan of -1, 420101",
        "sources, c21602010a c0160a",
        "an unknown field, fa3e0161",
        "a second UUID, 0a0167",
        "an index below 0, 10ffffffffffffffffff01",
        "an identity, 22030a0161",
    })
    void ofWhatIsRareInAGpu(String what, String hex) {
        String fields = hex.replace(" ", "");
        assertSame(record(gpu("GPU-1", fields)), what);
        assertSame(record(gpu("GPU-1", ""), gpu("GPU-2", fields), gpu("GPU-3", fields)), what);
        assertSame(record(gpu("GPU-1", ""), fields), what + " beside it");
    }

    @Test
    void ofAsManyAsThereMayBeAndOneMore() {
        for (int count : new int[] {ReadingsCodec.MAX_GPUS, ReadingsCodec.MAX_GPUS + 1}) {
            assertSame(record(numbered(count, i -> gpu("GPU-" + i, ""))));
        }
        for (Part part : Part.values()) {
            for (int count : new int[] {part.max(), part.max() + 1}) {
                String parts = numbered(count, i -> field(part.field(), field(1, hex("no " + i))));
                assertSame(part.ofHost() ? record(parts) : record(gpu("GPU-1", parts), gpu("GPU-2", parts)));
            }
        }
        assertThat(passed).isEqualTo(1 + Part.values().length);
    }

    @Test
    void ofEveryGoldenRecord() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/golden"))) {
            List<Path> records =
                    files.filter(file -> file.toString().endsWith(".hex")).toList();
            assertThat(records).hasSizeGreaterThanOrEqualTo(5);
            for (Path file : records) {
                byte[] whole =
                        HexFormat.of().parseHex(Files.readString(file, US_ASCII).replaceAll("\\s", ""));
                assertSame(whole, file.toString());
                for (int length = 0; length < whole.length; length++) {
                    assertSame(Arrays.copyOf(whole, length), file + " cut off");
                }
            }
        }
    }

    @Test
    void aRecordThatIsAsMostAreIsNotDecoded() {
        // Given: no descriptions, but values, links, containers and errors
        var random = new Random(3);
        for (long seed = 0; seed < 100; seed++) {
            byte[] record = decoder.encode(ordinary(seed, random));

            // Then
            assertThat(checker.passes(record, checked)).as("seed %d", seed).isTrue();
        }
    }

    @Test
    void aRecordWithTheHostsInfoComesWhole() {
        Readings readings = MadeUpReadings.random(5).info(new HostInfo("580.95", "", "", "", "0.1.0", "nvml"));
        readings.gpuCount(1).getFirst().uuid("GPU-1").set(Column.TEMPERATURE_CELSIUS, 40);
        checker.check(decoder.encode(readings), checked);
        assertThat(checked.info()).isEqualTo(readings.info());
        assertThat(checked.gpus().getFirst().uuid()).isEqualTo("GPU-1");
        assertThat(checked.gpus().getFirst().get(Column.TEMPERATURE_CELSIUS)).isEqualTo(40);
    }

    @Test
    void noValueIsMalformed() {
        assertThat(checker.check(null, checked)).isEqualTo(new ReadingsCodec.Decoded.Malformed("no value"));
    }

    private void assertSame(byte[] record) {
        assertSame(record, "a record");
    }

    private void assertSame(byte[] record, String what) {
        String as = what + " " + HexFormat.of().formatHex(record);
        long before = decoder.rejected();
        ReadingsCodec.Decoded answer = decoder.decode(record, decoded);
        assertThat(checker.check(record, checked)).as(as).isEqualTo(answer);
        assertThat(checker.rejected()).as(as).isEqualTo(decoder.rejected());
        if (answer instanceof ReadingsCodec.Decoded.Known) {
            assertThat(checked.host()).as(as).isEqualTo(decoded.host());
            assertThat(checked.agentId()).as(as).isEqualTo(decoded.agentId());
            assertThat(checked.sequence()).as(as).isEqualTo(decoded.sequence());
            assertThat(checked.timeUnixMillis()).as(as).isEqualTo(decoded.timeUnixMillis());
            assertThat(checked.intervalMillis()).as(as).isEqualTo(decoded.intervalMillis());
            assertThat(checked.gpusExpected()).as(as).isEqualTo(decoded.gpusExpected());
            assertThat(checked.gpusVisible()).as(as).isEqualTo(decoded.gpusVisible());
            assertThat(checked.gpusOnPci()).as(as).isEqualTo(decoded.gpusOnPci());
            assertThat(checked.gpus()).as(as).hasSameSizeAs(decoded.gpus());
            assertThat(checked.info()).as(as).isEqualTo(decoded.info());
        }
        if (checker.passes(record, checked)) {
            passed++;
            assertThat(answer).as(as).isInstanceOf(ReadingsCodec.Decoded.Known.class);
            assertThat(decoder.rejected()).as(as).isEqualTo(before);
        }
    }

    /** A made-up record between two that describe the host and its GPUs, with names as Docker allows them. */
    private static Readings ordinary(long seed, Random random) {
        Readings readings = MadeUpReadings.random(seed).info(null);
        readings.sxids().forEach(part -> name(part, random));
        for (GpuReading gpu : readings.gpus()) {
            gpu.identity(null);
            for (Part part : Part.values()) {
                if (!part.ofHost()) {
                    gpu.parts(part).forEach(one -> name(one, random));
                }
            }
        }
        return readings;
    }

    private static void name(PartReading part, Random random) {
        part.identity("name-" + random.nextLong(), "", "of three");
    }

    /** Some of its bytes again, which is often a field. */
    private static byte[] withSomethingTwice(byte[] whole, Random random) {
        int from = random.nextInt(whole.length);
        int length = Math.min(whole.length - from, random.nextInt(20));
        byte[] longer = Arrays.copyOf(whole, whole.length + length);
        System.arraycopy(whole, from, longer, from + length, whole.length - from);
        return longer;
    }

    private static byte[] record(String... fields) {
        String head = "0801" + "120161" + "1801" + "2001" + "2a0161" + "3001";
        return HexFormat.of().parseHex(head + String.join("", fields));
    }

    private static String gpu(String uuid, String fields) {
        return field(7, field(1, hex(uuid)) + fields);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(US_ASCII));
    }

    private static String number(int field, long value) {
        var out = new WireWriter();
        out.number(field, value);
        return HexFormat.of().formatHex(out.toBytes());
    }

    private static String field(int number, String hex) {
        var head = new WireWriter();
        head.varint((long) number << 3 | WireReader.LENGTH);
        head.varint(hex.length() / 2);
        return HexFormat.of().formatHex(head.toBytes()) + hex;
    }

    private static String numbered(int count, IntFunction<String> one) {
        var all = new StringBuilder();
        for (int i = 0; i < count; i++) {
            all.append(one.apply(i));
        }
        return all.toString();
    }
}
