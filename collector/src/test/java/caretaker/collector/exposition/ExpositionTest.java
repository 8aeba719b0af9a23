package caretaker.collector.exposition;

import static caretaker.collector.Records.encode;
import static caretaker.collector.Records.host;
import static caretaker.collector.Records.identity;
import static caretaker.contracts.PartColumn.MIG_GRAPHICS_ENGINE_ACTIVE_MILLIONTHS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.collector.Records;
import caretaker.collector.state.Fleet;
import caretaker.collector.state.FleetLimits;
import caretaker.collector.state.Snapshot;
import caretaker.contracts.Column;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.HostInfo;
import caretaker.contracts.Metric;
import caretaker.contracts.Part;
import caretaker.contracts.PartColumn;
import caretaker.contracts.PartReading;
import caretaker.contracts.Readings;
import caretaker.contracts.VectorColumn;
import caretaker.testkit.Cases;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpositionTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    /** What a container may be called, as far as we know. */
    private static final String HOSTILE = "a\"b\\c\nd\r\t{le=\"1\"} 1 # 🚀ü";

    private final Fleet fleet = new Fleet(FleetLimits.DEFAULT);

    @ParameterizedTest
    @CsvSource({"TEXT, fleet.prom", "OPENMETRICS, fleet.openmetrics", "PROTOBUF, fleet.protobuf.txt"})
    void theGoldenFleetIsWrittenAsEver(Format format, String file) throws IOException {
        goldenFleet();

        byte[] written = write(format, 2500);

        String text = format == Format.PROTOBUF ? fieldsOf(written) : new String(written, UTF_8);
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(GOLDEN);
            Files.writeString(GOLDEN.resolve(file), text);
        }
        assertThat(text).isEqualTo(Files.readString(GOLDEN.resolve(file)));
    }

    /** Two hosts that between them have every kind of series; the second has been silent for 4.5 s. */
    private void goldenFleet() {
        take(host("rack-2/\"b\"\\", 1, 1).info(Records.INFO).gpuCounts(1, 1, 1), -2000);
        Readings a = host("node-1", 1, 3)
                .info(new HostInfo("580.95.05", "13.580.95", "13.0", "", "0.1.0", "nvml"))
                .gpuCounts(4, 3, 3);
        GpuReading first = a.gpus()
                .getFirst()
                .identity(new GpuIdentity("NVIDIA \"H100\"\n80GB 🙂", "", "\\", "", "", "hopper", "", "", "", ""))
                .state(GpuState.DEGRADED);
        for (Column column : Column.values()) {
            first.set(column, column.quantity() == Column.Quantity.FLAG ? 1 : 10 + column.field() % 4);
        }
        first.set(Column.RECOVERY_ACTION, 2);
        first.set(Column.COMPUTE_MODE, 9); // a mode that has no word yet
        first.set(Column.CLOCK_EVENT_REASONS, 0b1000_0000_0101);
        first.set(Column.CLOCK_EVENT_REASONS_SUPPORTED, 0b0000_0000_1111);
        first.set(Column.TEMPERATURE_MARGIN_CELSIUS, -3);
        first.set(Column.ENERGY_MILLIJOULES, 123_456_789_012_345L);
        first.set(Column.CLOCK_EVENT_POWER_NANOSECONDS, 1_500_000_001L);
        for (VectorColumn column : VectorColumn.values()) {
            first.vector(column, new long[] {1, -1, column.quantity().accepts(0x70C) ? 0x70C : 0}); // 7e-12 as a ratio
        }
        first.vector(VectorColumn.FAN_SPEED_PERCENTAGE, new long[] {30, -1, 104});
        first.vector(VectorColumn.FAN_SPEED_RPM, new long[] {0, 1200});
        for (Part part : Part.values()) {
            PartReading added = part.ofHost() ? a.addSxid() : first.addPart(part);
            added.identity(HOSTILE, "2", "1g.10gb", "", HOSTILE);
            PartColumn.of(part).forEach(column -> added.set(column, 7));
        }
        first.addPart(Part.MIG).identity(HOSTILE, "3", "1g.10gb").set(MIG_GRAPHICS_ENGINE_ACTIVE_MILLIONTHS, 9);
        first.addPart(Part.XID).identity("79").set(PartColumn.XID_ERRORS, 2);
        fromDcgm(a.gpus().get(1));
        a.gpus().get(1).set(Column.CLOCK_EVENT_REASONS, 1L << 40); // does not say what it supports
        a.gpus().get(2).state(GpuState.LOST).clear();
        a.gpus().get(2).uuid("GPU-node-1-2").index(2).state(GpuState.LOST);
        take(a, 2000);
    }

    private static void fromDcgm(GpuReading gpu) {
        gpu.set(Column.TEMPERATURE_CELSIUS, 51);
        gpu.set(Column.POWER_DRAW_MILLIWATTS, 70_500);
        gpu.set(Column.RECOVERY_ACTION, 1);
        gpu.set(Column.XID_LAST, 0);
        gpu.vector(VectorColumn.NVLINK_UP, new long[] {1, 0});
        gpu.addPart(Part.MIG).identity("1", "", "2g.20gb").set(PartColumn.MIG_MEMORY_USED_BYTES, 1 << 30);
        gpu.markFromDcgm(Column.POWER_DRAW_MILLIWATTS).markFromDcgm(Column.RECOVERY_ACTION);
        gpu.markFromDcgm(Column.XID_LAST);
        gpu.markFromDcgm(VectorColumn.NVLINK_UP).markFromDcgm(Part.MIG);
    }

    @Test
    void anEmptyCollectorIsAnEmptyDocument() throws IOException {
        assertThat(write(Format.TEXT, 0)).isEmpty();
        assertThat(write(Format.OPENMETRICS, 0)).isEmpty();
        assertThat(write(Format.PROTOBUF, 0)).isEmpty();
    }

    @Test
    void anyFleetIsWellFormedAndTheSameInEveryFormat() {
        Cases.forEach(
                random -> {
                    var made = new Fleet(FleetLimits.DEFAULT);
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        String name = List.of("a", "b\"", "c\\n\\\\", "{}=,#").get(random.nextInt(4));
                        made.take(0, encode(Records.random(random, name)), random.nextInt(5000));
                    }
                    return made;
                },
                made -> {
                    var text = ExpositionText.parse(new String(write(made, Format.TEXT, 5000), UTF_8), false);
                    var open = ExpositionText.parse(
                            new String(write(made, Format.OPENMETRICS, 5000), UTF_8) + "# EOF\n", true);
                    assertThat(open.values()).isEqualTo(text.values());
                    assertThat(metricsIn(write(made, Format.PROTOBUF, 5000)))
                            .isEqualTo(text.values().size());
                });
    }

    @Test
    void familiesComeInTheOrderOfTheCatalogue() throws IOException {
        goldenFleet();
        var text = ExpositionText.parse(new String(write(Format.TEXT, 2500), UTF_8), false);
        List<String> expected = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            expected.add(metric.family());
        }
        expected.add("nvidia_gpu_collector_reading_age_seconds");
        assertThat(text.types().keySet()).containsExactlyElementsOf(expected);
    }

    @Test
    void everyStateOfEveryGpuIsSaidAndExactlyOneIsTrue() throws IOException {
        Readings readings = host("a", 1, GpuState.values().length);
        for (GpuState state : GpuState.values()) {
            readings.gpus().get(state.number() - 1).state(state);
        }
        take(readings, 0);
        var values = ExpositionText.parse(new String(write(Format.TEXT, 0), UTF_8), false)
                .values();
        for (GpuState of : GpuState.values()) {
            String gpu = "instance=\"a\",gpu=\"" + (of.number() - 1) + "\",uuid=\"GPU-a-" + (of.number() - 1) + "\"";
            for (GpuState state : GpuState.values()) {
                assertThat(values.get("nvidia_gpu_state{" + gpu + ",state=\"" + state.label() + "\"}"))
                        .isEqualTo(of == state ? "1" : "0");
            }
            assertThat(values.get("nvidia_gpu_up{" + gpu + "}")).isEqualTo(of.answers() ? "1" : "0");
        }
    }

    @Test
    void aSilentHostHasNoReadingButIsStillThere() throws IOException {
        Readings readings = host("a", 1, 1).info(Records.INFO);
        readings.gpus().getFirst().identity(identity(0));
        take(readings, 0);
        var families = ExpositionText.parse(new String(write(Format.TEXT, 3000), UTF_8), false)
                .types()
                .keySet();
        assertThat(families)
                .containsExactly(
                        "nvidia_gpu_info",
                        "nvidia_gpu_driver_info",
                        "nvidia_gpu_up",
                        "nvidia_gpu_state",
                        "nvidia_gpu_expected",
                        "nvidia_gpu_agent_info",
                        "nvidia_gpu_collector_reading_age_seconds");
    }

    private void take(Readings readings, long receivedMillis) {
        fleet.take(0, encode(readings), receivedMillis);
    }

    private byte[] write(Format format, long nowMillis) throws IOException {
        return write(fleet, format, nowMillis);
    }

    private static byte[] write(Fleet fleet, Format format, long nowMillis) {
        var snapshot = new Snapshot();
        fleet.copyTo(snapshot, nowMillis);
        var out = new ByteArrayOutputStream();
        try {
            new Exposition(format).write(snapshot, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static List<UnknownFieldSet> messages(byte[] delimited) {
        List<UnknownFieldSet> messages = new ArrayList<>();
        try {
            var in = CodedInputStream.newInstance(delimited);
            while (!in.isAtEnd()) {
                messages.add(UnknownFieldSet.parseFrom(in.readByteArray()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return messages;
    }

    private static int metricsIn(byte[] delimited) {
        return messages(delimited).stream()
                .mapToInt(family -> family.getField(4).getLengthDelimitedList().size())
                .sum();
    }

    private static String fieldsOf(byte[] delimited) {
        var text = new StringBuilder();
        for (UnknownFieldSet family : messages(delimited)) {
            text.append(family).append("---\n");
        }
        return text.toString();
    }
}
