package caretaker.contracts;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Records as they were once written: this version and every later one reads them as they were meant. */
class GoldenTest {
    private static final Path FOLDER = Path.of("src/test/resources/golden");

    private final ReadingsCodec readingsCodec = new ReadingsCodec();
    private final Readings readings = new Readings();

    @Test
    void noGoldenFileHasChangedOrGone() throws Exception {
        Set<String> listed = new HashSet<>();
        for (String line : Files.readAllLines(FOLDER.resolve("SHA256SUMS"))) {
            String name = line.substring(66);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(FOLDER.resolve(name)));
            assertThat(HexFormat.of().formatHex(digest)).as(name).isEqualTo(line.substring(0, 64));
            listed.add(name);
        }
        try (Stream<Path> files = Files.list(FOLDER)) {
            Set<String> found = new HashSet<>();
            files.forEach(file -> found.add(String.valueOf(file.getFileName())));
            found.remove("SHA256SUMS");
            assertThat(found).isEqualTo(listed);
        }
    }

    @Test
    void readingsWithEverything() throws IOException {
        decode("readings-v1-full.hex");
        assertThat(readings.host()).isEqualTo("node-07.example.org");
        assertThat(readings.agentId()).isEqualTo("0199c0de-7a11-7000-8000-0123456789ab");
        assertThat(readings.timeUnixMillis()).isEqualTo(1_790_000_000_123L);
        assertThat(readings.intervalMillis()).isEqualTo(1000);
        assertThat(readings.sequence()).isEqualTo(300);
        assertThat(readings.gpusExpected()).isEqualTo(2);
        assertThat(readings.gpusVisible()).isEqualTo(1);
        assertThat(readings.gpusOnPci()).isZero();
        assertThat(readings.info())
                .isEqualTo(new HostInfo("580.95.05", "13.580.95.05", "13.0", "580.95.05", "0.1.0", "nvml"));
        GpuReading first = readings.gpus().getFirst();
        assertThat(first.uuid()).isEqualTo("GPU-11111111-2222-3333-4444-555555555555");
        assertThat(first.identity())
                .isEqualTo(new GpuIdentity(
                        "NVIDIA H100 80GB HBM3",
                        "00000000:1B:00.0",
                        "1650000000001",
                        "692-2G520-0200-000",
                        "96.00.74.00.01",
                        "hopper",
                        "9.0",
                        "0",
                        "6912",
                        "1"));
        for (Column column : Column.values()) {
            if (column.field() <= 160) { // those that the file was made with
                long value = column == Column.TEMPERATURE_MARGIN_CELSIUS
                        ? -7
                        : column.quantity() == Column.Quantity.FLAG ? 1 : column.field() % 15;
                assertThat(first.get(column)).as(column.name()).isEqualTo(value);
                assertThat(first.has(column)).as(column.name()).isTrue();
            }
        }
        GpuReading second = readings.gpus().getLast();
        assertThat(second.index()).isEqualTo(1);
        assertThat(second.state()).isEqualTo(GpuState.LOST);
        assertThat(second.size()).isZero();
        assertThat(second.identity()).isNull();
    }

    @Test
    void readingsWithHardlyAnything() throws IOException {
        decode("readings-v1-minimal.hex");
        assertThat(readings.host()).isEqualTo("a");
        assertThat(readings.sequence()).isEqualTo(1);
        assertThat(readings.gpus()).isEmpty();
        assertThat(readings.gpusExpected()).isEqualTo(Readings.UNKNOWN);
        assertThat(readings.info()).isNull();
    }

    @Test
    void readingsOfABoardWithFans() throws IOException {
        decode("readings-v1-fans.hex");
        GpuReading gpu = readings.gpus().getFirst();
        assertThat(gpu.vector(VectorColumn.FAN_SPEED_PERCENTAGE)).containsExactly(30, -1, 105);
        assertThat(gpu.vector(VectorColumn.FAN_SPEED_RPM)).containsExactly(1200, -1, 3400);
        assertThat(gpu.get(Column.MEMORY_TOTAL_BYTES)).isEqualTo(25_757_220_864L);
        assertThat(gpu.get(Column.ENERGY_MILLIJOULES)).isZero();
        assertThat(gpu.state()).isEqualTo(GpuState.DEGRADED);
        assertThat(gpu.size()).isEqualTo(2);
    }

    @Test
    void readingsOfANewerWriterWithFieldsThatAreUnknown() throws IOException {
        decode("readings-v1-later-fields.hex");
        assertThat(readings.host()).isEqualTo("node-1");
        assertThat(readings.gpus().getFirst().get(Column.TEMPERATURE_CELSIUS)).isEqualTo(40);
        assertThat(readings.gpus().getFirst().size()).isEqualTo(1);
    }

    @Test
    void readingsWithLinksAndParts() throws IOException {
        decode("readings-v1-parts.hex");
        assertThat(readings.sxids()).hasSize(1);
        assertThat(readings.sxids().getFirst().text(1)).isEqualTo("20009");
        assertThat(readings.sxids().getFirst().get(PartColumn.SXID_ERRORS)).isEqualTo(2);
        GpuReading gpu = readings.gpus().getFirst();
        for (Column column : Column.values()) {
            if (column.field() > 160 && column.field() <= 204) { // those that the file was made with
                long value = column.quantity() == Column.Quantity.FLAG ? 1 : column.field() % 4;
                assertThat(gpu.get(column)).as(column.name()).isEqualTo(value);
            }
        }
        for (VectorColumn column : VectorColumn.values()) {
            if (column.field() <= 325) {
                assertThat(gpu.vector(column))
                        .as(column.name())
                        .containsExactly(1, -1, column.quantity().max());
            }
        }
        PartReading mig = gpu.parts(Part.MIG).getFirst();
        assertThat(List.of(mig.text(0), mig.text(1), mig.text(2), mig.text(3)))
                .containsExactly("1", "0", "3g.40gb", "MIG-1");
        assertThat(mig.get(PartColumn.MIG_MEMORY_USED_BYTES)).isEqualTo(1L << 30);
        assertThat(mig.get(PartColumn.MIG_GRAPHICS_ENGINE_ACTIVE_MILLIONTHS)).isEqualTo(990_000);
        assertThat(gpu.parts(Part.CONTAINER)).hasSize(2);
        PartReading container = gpu.parts(Part.CONTAINER).getFirst();
        assertThat(container.text(0)).isEqualTo("train \"ü\"\n🚀");
        assertThat(container.get(PartColumn.CONTAINER_UTILIZATION_MILLIPERCENT)).isEqualTo(98_500);
        assertThat(container.get(PartColumn.CONTAINER_PROCESSES)).isZero();
        assertThat(container.has(PartColumn.CONTAINER_PROCESSES)).isTrue();
        assertThat(gpu.parts(Part.CONTAINER).getLast().has(PartColumn.CONTAINER_MEMORY_USED_BYTES))
                .isFalse();
        assertThat(gpu.parts(Part.PROCESS).getFirst().text(0)).isEqualTo("4711");
        PartReading xid = gpu.parts(Part.XID).getFirst();
        assertThat(xid.text(0)).isEqualTo("79");
        assertThat(xid.get(PartColumn.XID_LAST_UNIX_MILLISECONDS)).isEqualTo(1_790_000_000_000L);
        assertThat(gpu.isFromDcgm(Column.XID_LAST)).isTrue();
        assertThat(gpu.isFromDcgm(VectorColumn.NVLINK_UP)).isTrue();
        assertThat(gpu.isFromDcgm(Part.MIG)).isTrue();
        assertThat(gpu.isFromDcgm(Column.EVENTS_CLOCK)).isFalse();
    }

    @Test
    void aConditionThatIsRaised() throws IOException {
        assertEvent(
                "health-event-v1-raised.json",
                new HealthEvent(
                        "node-07.example.org",
                        "0199c0de-7a11-7000-8000-0123456789ab",
                        12,
                        Instant.parse("2026-10-01T12:00:00.250Z"),
                        Condition.GPU_LOST,
                        HealthEvent.State.RAISED,
                        HealthEvent.Severity.CRITICAL,
                        new HealthEvent.Entity(
                                HealthEvent.Entity.Kind.GPU, "GPU-11111111-2222-3333-4444-555555555555", "GPU 3"),
                        "79",
                        "GPU 3 has fallen off the bus",
                        HealthEvent.Action.REBOOT_NODE,
                        Map.of("line", "NVRM: Xid (PCI:0000:c1:00): 79, GPU has fallen off the bus.", "source", "kmsg"),
                        false));
    }

    @Test
    void aConditionThatIsCleared() throws IOException {
        assertEvent(
                "health-event-v1-cleared.json",
                new HealthEvent(
                        "node-1",
                        "a-1",
                        1,
                        Instant.parse("2026-10-01T12:00:01Z"),
                        Condition.PROBE_FAILED,
                        HealthEvent.State.CLEARED,
                        HealthEvent.Severity.INFO,
                        new HealthEvent.Entity(HealthEvent.Entity.Kind.SERVICE, "inference ü", "inference ü"),
                        "",
                        "",
                        HealthEvent.Action.NONE,
                        Map.of(),
                        false));
    }

    @Test
    void aDrillOfANewerWriterWithFieldsThatAreUnknown() throws IOException {
        assertEvent(
                "health-event-v1-drill-later-fields.json",
                new HealthEvent(
                        "node-1",
                        "a-1",
                        9_007_199_254_740_991L,
                        Instant.parse("2026-10-01T10:00:00.000000001Z"),
                        Condition.CONTAINER_OOM_KILLED,
                        HealthEvent.State.OCCURRED,
                        HealthEvent.Severity.WARNING,
                        new HealthEvent.Entity(HealthEvent.Entity.Kind.CONTAINER, "4f5e6d", "train"),
                        "137",
                        "train was killed: out of memory",
                        HealthEvent.Action.RESTART_CONTAINER,
                        Map.of("limitBytes", "1073741824"),
                        true));
    }

    @Test
    void anInventoryWithEverything() throws IOException {
        assertInventory(
                "host-inventory-v1-full.json",
                new HostInventory(
                        "node-07.example.org",
                        "0199c0de-7a11-7000-8000-0123456789ab",
                        12,
                        Instant.parse("2026-10-01T12:00:00.250Z"),
                        Duration.ofMinutes(1),
                        "10.0.0.7",
                        new HostInfo("580.95.05", "13.580.95.05", "13.0", "580.95.05", "0.1.0", "nvml"),
                        8,
                        List.of(new HostInventory.Gpu(
                                3,
                                "GPU-11111111-2222-3333-4444-555555555555",
                                "NVIDIA H100 80GB HBM3",
                                "00000000:1B:00.0",
                                "1650000000001",
                                true)),
                        List.of(new HostInventory.Container(
                                "4f5e6d",
                                "research-train-1",
                                "lab/train:7",
                                "research",
                                "train",
                                1,
                                "running",
                                "healthy",
                                Instant.parse("2026-10-01T11:00:00Z"),
                                List.of("172.18.0.5", "2001:db8::5"),
                                List.of("GPU-11111111-2222-3333-4444-555555555555"))),
                        List.of(
                                new HostInventory.Target(
                                        "ml",
                                        "train",
                                        "10.0.0.7",
                                        8000,
                                        "/metrics",
                                        HostInventory.Target.Scheme.HTTP,
                                        Map.of("model", "llama \"70b\" ü", "dataset", "c4", "run", "42"),
                                        "4f5e6d",
                                        "research-train-1"),
                                new HostInventory.Target(
                                        "node-exporter",
                                        "node-exporter",
                                        "10.0.0.7",
                                        9100,
                                        "/metrics",
                                        HostInventory.Target.Scheme.HTTPS,
                                        Map.of(),
                                        "",
                                        "")),
                        new HostInventory.Omitted(0, 1, 2)));
    }

    @Test
    void anInventoryOfANewerWriterWithHardlyAnythingAndFieldsThatAreUnknown() throws IOException {
        assertInventory(
                "host-inventory-v1-minimal-later-fields.json",
                new HostInventory(
                        "a",
                        "b",
                        9_007_199_254_740_991L,
                        Instant.parse("2026-10-01T12:00:00.000000001Z"),
                        Duration.ofMillis(1),
                        "",
                        null,
                        HostInventory.UNKNOWN,
                        List.of(),
                        List.of(new HostInventory.Container(
                                "c", "", "", "", "", 0, "hibernated", "", null, List.of(), List.of())),
                        List.of(new HostInventory.Target(
                                "later-kind",
                                "j",
                                "::1",
                                65_535,
                                "/",
                                HostInventory.Target.Scheme.HTTPS,
                                Map.of(),
                                "",
                                "")),
                        HostInventory.Omitted.NONE));
    }

    private static void assertInventory(String name, HostInventory inventory) throws IOException {
        byte[] bytes = Files.readAllBytes(FOLDER.resolve(name));
        assertThat(new HostInventoryCodec().decode(bytes)).isEqualTo(new Decoded.Known<>(inventory));
        assertThat(HostInventoryCodecTest.problems(bytes)).isEmpty();
    }

    private void decode(String name) throws IOException {
        String hex = Files.readString(FOLDER.resolve(name), US_ASCII).replaceAll("\\s", "");
        assertThat(readingsCodec.decode(HexFormat.of().parseHex(hex), readings))
                .isEqualTo(new ReadingsCodec.Decoded.Known());
    }

    private static void assertEvent(String name, HealthEvent event) throws IOException {
        byte[] bytes = Files.readAllBytes(FOLDER.resolve(name));
        assertThat(new HealthEventCodec().decode(bytes)).isEqualTo(new Decoded.Known<>(event));
        assertThat(HealthEventSchemaTest.problems(bytes)).isEmpty();
    }
}
