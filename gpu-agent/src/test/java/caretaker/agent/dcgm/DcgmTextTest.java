package caretaker.agent.dcgm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.contracts.Column;
import caretaker.contracts.GpuReading;
import caretaker.contracts.Part;
import caretaker.contracts.PartColumn;
import caretaker.contracts.PartReading;
import caretaker.contracts.VectorColumn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The texts of dcgm-exporters of several years, and what is none. */
class DcgmTextTest {
    private static final Path FOLDER = Path.of("src/test/resources/dcgm");

    private final List<String> rejected = new ArrayList<>();
    private final DcgmScrape scrape = new DcgmScrape(rejected::add);
    private final DcgmText text = new DcgmText(scrape);

    @Test
    void theShortNamesOfTheFirstExporters() throws Exception {
        List<GpuReading> gpus = read("exporter-1.prom").gpus();
        assertThat(gpus).extracting(GpuReading::index).containsExactly(0, 1);
        GpuReading first = gpus.getFirst();
        assertThat(first.uuid()).isEqualTo("GPU-8c1b6a10-5a5a-4c4c-9d9d-000000000001");
        assertThat(first.get(Column.CLOCK_SM_MEGAHERTZ)).isEqualTo(1380);
        assertThat(first.get(Column.TEMPERATURE_CELSIUS)).isEqualTo(41);
        assertThat(first.get(Column.POWER_DRAW_MILLIWATTS)).isEqualTo(52_100);
        assertThat(first.get(Column.ENERGY_MILLIJOULES)).isEqualTo(19_324_567_890L);
        assertThat(first.get(Column.PCIE_TRANSMIT_BYTES_PER_SECOND)).isEqualTo(251_000);
        assertThat(first.get(Column.UTILIZATION_PERCENTAGE)).isEqualTo(97);
        assertThat(first.get(Column.CLOCK_EVENT_POWER_NANOSECONDS)).isEqualTo(1_500_000_000);
        assertThat(first.get(Column.MEMORY_USED_BYTES)).isEqualTo(1L << 30);
        assertThat(gpus.getLast().has(Column.UTILIZATION_PERCENTAGE)).isFalse();
        assertThat(gpus).allSatisfy(DcgmTextTest::assertAllIsMarked);
    }

    @Test
    void blanksOfEverySizeAreNoValues() throws Exception {
        List<GpuReading> gpus = read("exporter-blanks.prom").gpus();
        assertThat(gpus.getFirst().size()).isZero();
        GpuReading second = gpus.getLast();
        assertThat(second.get(Column.CLOCK_SM_MEGAHERTZ)).isEqualTo(585);
        assertThat(second.get(Column.TEMPERATURE_CELSIUS)).isEqualTo(38);
        assertThat(second.get(Column.POWER_DRAW_MILLIWATTS)).isEqualTo(27_405);
        assertThat(second.get(Column.XID_LAST)).isEqualTo(31);
        assertThat(second.get(Column.GRAPHICS_ENGINE_ACTIVE_MILLIONTHS)).isEqualTo(973_125);
        assertThat(second.size()).isEqualTo(5);
        assertThat(rejected).containsExactly("nvidia_gpu_utilization_percentage"); // 255 is no blank and no percentage
        assertThat(text.badLines()).isEqualTo(1); // the one that is cut off
    }

    @Test
    void theNewNamesOfDcgm46() throws Exception {
        DcgmReadings readings = read("exporter-4.prom");
        GpuReading gpu = readings.gpus().getFirst();
        assertThat(gpu.get(Column.TEMPERATURE_CELSIUS)).isEqualTo(44);
        assertThat(gpu.get(Column.POWER_DRAW_MILLIWATTS)).isEqualTo(401_237);
        assertThat(gpu.get(Column.UTILIZATION_PERCENTAGE)).isEqualTo(98);
        assertThat(gpu.get(Column.MEMORY_TOTAL_BYTES)).isEqualTo(81_559L << 20);
        assertThat(gpu.get(Column.POWER_LIMIT_ENFORCED_MILLIWATTS)).isEqualTo(700_000);
        assertThat(gpu.get(Column.ROW_REMAP_FAILURE)).isZero();
        assertThat(gpu.has(Column.FABRIC_STATE)).isFalse(); // a state that only DCGM has
        assertThat(gpu.get(Column.CLOCK_EVENT_REASONS)).isEqualTo(4);
        assertThat(gpu.get(Column.SM_ACTIVE_MILLIONTHS)).isEqualTo(871_234);
        assertThat(gpu.get(Column.PROFILED_NVLINK_TRANSMIT_BYTES_PER_SECOND)).isEqualTo(151_234_567_890L);
        assertThat(gpu.get(Column.PCIE_TRANSMIT_BYTES)).isEqualTo(212_345_678_901_234L);
        assertThat(gpu.vector(VectorColumn.FAN_SPEED_PERCENTAGE)).containsExactly(30);
        assertThat(gpu.isFromDcgm(VectorColumn.FAN_SPEED_PERCENTAGE)).isTrue();
        assertThat(gpu.get(Column.NVLINK_ERRORS_CRC_FLIT_ALL)).isEqualTo(3);
        assertThat(gpu.get(Column.NVLINK_ERRORS_CRC_DATA_ALL)).isEqualTo(4);
        assertThat(gpu.get(Column.NVLINK_ERRORS_REPLAY_ALL)).isEqualTo(5);
        assertThat(gpu.has(Column.NVLINK_ERRORS_RECOVERY_ALL)).isFalse();
        assertThat(gpu.get(Column.C2C_ERRORS_REPLAY_ALL)).isEqualTo(6);
        assertThat(gpu.get(Column.FABRIC_HEALTH_DEGRADED_BANDWIDTH)).isEqualTo(1);
        assertThat(gpu.get(Column.FABRIC_HEALTH_ROUTE_RECOVERY)).isZero();
        assertThat(gpu.get(Column.FABRIC_HEALTH_ROUTE_UNHEALTHY)).isEqualTo(1);
        assertThat(gpu.get(Column.FABRIC_HEALTH_ACCESS_TIMEOUT_RECOVERY)).isEqualTo(1);
        assertThat(gpu.get(Column.FABRIC_HEALTH_INCORRECT_CONFIGURATION)).isZero();
        assertThat(gpu.has(Column.XID_LAST)).isFalse(); // a count within a window is not one
        assertThat(readings.identities().getFirst().serial()).isEqualTo("1650");
        assertThat(readings.identities().getFirst().vbiosVersion()).isEqualTo("96.00.74");
        assertThat(readings.driverVersion()).isEqualTo("580.95.05");
        assertThat(readings.identities().getFirst().name()).isEqualTo("NVIDIA H100 80GB HBM3");
        assertThat(readings.identities().getFirst().pciBusId()).isEqualTo("00000000:1B:00.0");
        assertAllIsMarked(gpu);
        assertThat(rejected).isEmpty();
    }

    @Test
    void migInstancesHaveTheirOwnMemoryAndTheBoardItsSensors() throws Exception {
        GpuReading gpu = read("exporter-mig.prom").gpus().getFirst();
        assertThat(gpu.get(Column.TEMPERATURE_CELSIUS)).isEqualTo(39);
        assertThat(gpu.get(Column.MIG_MODE_CURRENT)).isEqualTo(1);
        assertThat(gpu.size()).isEqualTo(2);
        assertThat(gpu.isFromDcgm(Part.MIG)).isTrue();
        assertThat(gpu.parts(Part.MIG)).hasSize(2);
        PartReading larger = gpu.parts(Part.MIG).getLast();
        assertThat(larger.text(0)).isEqualTo("2");
        assertThat(larger.text(2)).isEqualTo("3g.20gb");
        assertThat(larger.get(PartColumn.MIG_MEMORY_USED_BYTES)).isEqualTo(9000L << 20);
        assertThat(larger.get(PartColumn.MIG_MEMORY_TOTAL_BYTES)).isEqualTo(19_968L << 20);
        assertThat(larger.get(PartColumn.MIG_GRAPHICS_ENGINE_ACTIVE_MILLIONTHS)).isEqualTo(500_000);
    }

    @Test
    void aWebPageIsRefusedAtOnce() {
        assertThatThrownBy(() -> text.feed("\n  <!DOCTYPE html><html>".getBytes(UTF_8)))
                .isInstanceOf(DcgmText.NotMetrics.class)
                .hasMessageContaining("web page");
    }

    @Test
    void labelsMayHoldAnything() throws Exception {
        feed("DCGM_FI_DEV_GPU_TEMP { modelName = \"a\\\"b\\\\c\\nd}, x=\\\"1\" , UUID=\"GPU-1\",} 44 17\n"
                + "DCGM_FI_DEV_GPU_TEMP{UUID=\"GPU 2\"} 44\n" // no name for a GPU
                + "DCGM_FI_DEV_GPU_TEMP{UUID=\"GPU-3\" 44\nDCGM_FI_DEV_GPU_TEMP{UUID} 4\nDCGM_FI_DEV_GPU_TEMP{UUID=\"GPU-4\"}\n"
                + "DCGM_FI_DEV_GPU_TEMP 44\nDCGM_FI_DEV_GPU_TEMP{pad=\"" + "x".repeat(20_000) + "\",UUID=\"GPU-5\"} 4\n"
                + "DCGM_FI_DEV_SM_CLOCK{UUID=\"GPU-1\"} 1e999\nDCGM_FI_DEV_SM_CLOCK{UUID=\"GPU-1\"} 1e-999999999");
        text.end();
        DcgmReadings readings = scrape.result(0);
        assertThat(readings.gpus()).extracting(GpuReading::uuid).containsExactly("GPU-1");
        assertThat(readings.identities().getFirst().name()).isEqualTo("a\"b\\c\nd}, x=\"1");
        assertThat(readings.gpus().getFirst().get(Column.CLOCK_SM_MEGAHERTZ)).isZero();
        assertThat(text.badLines()).isEqualTo(4);
    }

    @Test
    void whatIsTooManyIsLeftOut() throws Exception {
        var many = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            many.append("DCGM_FI_DEV_GPU_TEMP{UUID=\"GPU-").append(i).append("\"} 4\n");
            many.append("DCGM_FI_DEV_FB_USED{UUID=\"GPU-0\",GPU_I_ID=\"")
                    .append(i)
                    .append("\"} 4\n");
        }
        feed(many.toString());
        DcgmReadings readings = scrape.result(0);
        assertThat(readings.gpus()).hasSize(256);
        assertThat(readings.gpus().getFirst().parts(Part.MIG)).hasSize(Part.MIG.max());
    }

    @Test
    void noBytesMakeItThrowAnythingElse() throws Exception {
        byte[] whole = Files.readAllBytes(FOLDER.resolve("exporter-4.prom"));
        var random = new Random(11);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = whole.clone();
            for (int flips = random.nextInt(20); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            var damaged = new DcgmScrape(_ -> {});
            var reader = new DcgmText(damaged);
            try {
                reader.feed(bytes);
                reader.end();
                damaged.result(0);
            } catch (DcgmText.NotMetrics refused) {
                assertThat(bytes[0]).isEqualTo((byte) '<');
            }
        }
    }

    @Test
    void oldAndNewNamesMeanTheSame() {
        assertThat(DcgmNames.size()).isGreaterThan(130);
        assertThat(DcgmNames.of("DCGM_FI_DEV_GPU_TEMP")).isNotNull().isEqualTo(DcgmNames.of("dcgm_gpu_temp"));
        assertThat(DcgmNames.of("DCGM_FI_DEV_XID_ERRORS")).isEqualTo(DcgmNames.of("DCGM_FI_DEV_XID_ERROR"));
        assertThat(DcgmNames.of("DCGM_FI_PROF_SM_ACTIVE")).isEqualTo(DcgmNames.of("DCGM_FI_PROF_SM_UTIL_RATIO"));
    }

    private DcgmReadings read(String file) throws DcgmText.NotMetrics {
        try {
            String content = Files.readString(FOLDER.resolve(file));
            feed(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        text.end();
        return scrape.result(7);
    }

    /** In pieces that know nothing of lines. */
    private void feed(String content) throws DcgmText.NotMetrics {
        byte[] bytes = content.getBytes(UTF_8);
        for (int from = 0; from < bytes.length; from += 17) {
            text.feed(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + 17)));
        }
    }

    private static void assertAllIsMarked(GpuReading gpu) {
        for (Column column : Column.values()) {
            assertThat(gpu.isFromDcgm(column)).as(column.name()).isEqualTo(gpu.has(column));
        }
    }
}
