package caretaker.agent.sampling;

import static caretaker.agent.sampling.NvmlHost.SECOND;
import static caretaker.contracts.Column.*;
import static caretaker.contracts.PartColumn.*;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.containers.ContainerInfo;
import caretaker.agent.containers.ContainerLookup.Membership;
import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.Part;
import caretaker.contracts.PartColumn;
import caretaker.contracts.PartReading;
import caretaker.contracts.VectorColumn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a GPU has several of: links, MIG devices, processes, and what is only read when it is asked for. */
class NvmlPartsTest {
    private static final String DIVIDED = """
            gpu 0 mig 1
            gpu 0 instance 0 7 0 1g.10gb 10737418240 1073741824 16 1
            gpu 0 instance 2 5 1 3g.40gb 42949672960 2147483648 60 3
            """;
    private static final String ID = "ab".repeat(32);
    private static final long GIB = 1L << 30;

    private final NvmlHost host = new NvmlHost("");

    @AfterEach
    void theDriverWasUsedAsItMustBe() {
        host.close();
        assertThat(host.driver.violations()).isEmpty();
        assertThat(host.driver.sessions()).isZero();
    }

    private void scenario(String text) {
        host.driver.scenario(text);
        host.start();
    }

    private void after(Duration step, Tier tier) {
        host.advance(step);
        assertThat(host.poll(tier)).isEmpty();
    }

    private long[] vector(VectorColumn column) {
        return host.gpu(0).vector(column);
    }

    private static long[] eighteen(long value) {
        return IntStream.range(0, 18).mapToLong(_ -> value).toArray();
    }

    @Test
    void linksAreReadByTheirNumbers() {
        scenario("gpu 0 nvlink-crc-flit 3\ngpu 0 nvlink-recoveries 2");
        host.poll(Tier.RARE);
        assertThat(vector(VectorColumn.NVLINK_UP)).isEqualTo(eighteen(1));
        assertThat(vector(VectorColumn.NVLINK_SPEED_MEGABYTES_PER_SECOND)).isEqualTo(eighteen(26_562));
        assertThat(vector(VectorColumn.NVLINK_ERRORS_CRC_FLIT)).isEqualTo(eighteen(3));
        assertThat(vector(VectorColumn.NVLINK_ERRORS_RECOVERY)).isEqualTo(eighteen(2));
        assertThat(vector(VectorColumn.NVLINK_ERRORS_REPLAY)).isEqualTo(eighteen(0));
        assertThat(vector(VectorColumn.NVLINK_ERRORS_MALFORMED)).isEmpty();
        assertThat(vector(VectorColumn.NVLINK_TRANSMIT_BYTES)[17]).isEqualTo(5017 * 1024);
        assertThat(vector(VectorColumn.NVLINK_RECEIVE_BYTES)[2]).isEqualTo(6002 * 1024);
        assertThat(host.gpu(0).get(NVLINK_ACTIVE)).isEqualTo(18);
        assertThat(host.gpu(0).get(NVLINK_EXPECTED)).isEqualTo(18);

        host.driver.apply("gpu 0 nvlink-transmit 9000");
        after(SECOND, Tier.FAST);
        assertThat(vector(VectorColumn.NVLINK_TRANSMIT_BYTES)[0]).isEqualTo(9000 * 1024);
        assertThat(host.called).doesNotContain("nvmlDeviceGetNvLinkState");
        assertThat(host.called.stream().filter("nvmlDeviceGetFieldValues"::equals))
                .hasSize(1);
    }

    @Test
    void aLinkThatFailsOrIsDownKeepsNoOtherFromBeingRead() {
        scenario("gpu 0 link 3 error 999\ngpu 0 link 5 state 0");
        host.poll(Tier.RARE);
        long[] up = eighteen(1);
        up[3] = -1;
        up[5] = 0;
        assertThat(vector(VectorColumn.NVLINK_UP)).isEqualTo(up);
        assertThat(vector(VectorColumn.NVLINK_TRANSMIT_BYTES)[3]).isEqualTo(-1);
        assertThat(vector(VectorColumn.NVLINK_TRANSMIT_BYTES)[4]).isEqualTo(5004 * 1024);
        assertThat(host.gpu(0).get(NVLINK_ACTIVE)).isEqualTo(16);
        host.driver.apply("gpu 0 link 3 well");
        after(SECOND, Tier.SLOW);
        assertThat(host.gpu(0).get(NVLINK_ACTIVE)).isEqualTo(17);
    }

    @Test
    void nvlink5HasCountersOfItsOwnAndSleepIsNotDown() {
        scenario("gpu 0 nvlink-version 7\ngpu 0 nvlink5-symbol 4\ngpu 0 nvlink5-effective-ber 0x30c\n"
                + "gpu 0 link 1 state 2\ngpu 0 link 2 state 0");
        host.poll(Tier.RARE);
        long[] up = eighteen(1);
        up[2] = 0;
        assertThat(vector(VectorColumn.NVLINK_UP)).isEqualTo(up);
        assertThat(host.gpu(0).get(NVLINK_ACTIVE)).isEqualTo(17);
        assertThat(vector(VectorColumn.NVLINK_TRANSMIT_BYTES)[3]).isEqualTo(7003);
        assertThat(vector(VectorColumn.NVLINK_RECEIVE_BYTES)[3]).isEqualTo(8003);
        assertThat(vector(VectorColumn.NVLINK_ERRORS_SYMBOL)).isEqualTo(eighteen(4));
        assertThat(vector(VectorColumn.NVLINK_BIT_ERROR_RATIO_EFFECTIVE)).isEqualTo(eighteen(0x30C));
        assertThat(vector(VectorColumn.NVLINK_ERRORS_CRC_FLIT)).isEmpty();
        assertThat(host.called).doesNotContain("nvmlDeviceGetNvLinkErrorCounter");
    }

    @Test
    void aGpuWithoutLinksHasNone() {
        scenario("gpu 0 nvlinks 0");
        host.poll(Tier.RARE);
        assertThat(vector(VectorColumn.NVLINK_UP)).isEmpty();
        assertThat(host.gpu(0).has(NVLINK_ACTIVE)).isFalse();
        assertThat(host.gpu(0).get(NVLINK_EXPECTED)).isZero();
        assertThat(vector(VectorColumn.C2C_LINK_UP)).isEmpty();
        after(SECOND, Tier.SLOW);
        assertThat(host.called).doesNotContain("nvmlDeviceGetNvLinkState");
    }

    @Test
    void bytesOfLinksGoOnWhereTheDriverBeginsAgain() {
        scenario("gpu 0 nvlink-transmit 100");
        host.poll(Tier.RARE);
        host.driver.apply("gpu 0 nvlink-transmit 30");
        after(SECOND, Tier.FAST);
        assertThat(host.rejected).contains("nvidia_gpu_nvlink_transmit_bytes_total WENT_BACKWARDS");
        after(SECOND, Tier.FAST);
        assertThat(vector(VectorColumn.NVLINK_TRANSMIT_BYTES)[0]).isEqualTo(130 * 1024);
    }

    @Test
    void linksToTheCpuAreRead() {
        scenario("gpu 0 c2c-links 2\ngpu 0 c2c-crc 1\ngpu 0 c2c-replay 2\ngpu 0 c2c-replay-b2b 3");
        host.poll(Tier.RARE);
        assertThat(vector(VectorColumn.C2C_LINK_UP)).containsExactly(1, 1);
        assertThat(vector(VectorColumn.C2C_ERRORS_CRC)).containsExactly(1, 1);
        assertThat(vector(VectorColumn.C2C_ERRORS_REPLAY)).containsExactly(2, 2);
        assertThat(vector(VectorColumn.C2C_ERRORS_REPLAY_BACK_TO_BACK)).containsExactly(3, 3);
    }

    private PartReading part(Part part, int place) {
        return host.gpu(0).parts(part).get(place);
    }

    @Test
    void migDevicesAreReadOverTheHolesBetweenThem() {
        scenario(DIVIDED);
        host.poll(Tier.RARE);
        assertThat(host.gpu(0).get(MIG_MODE_CURRENT)).isEqualTo(1);
        assertThat(host.gpu(0).get(MIG_INSTANCES)).isEqualTo(2);
        assertThat(host.gpu(0).parts(Part.MIG)).hasSize(2);
        PartReading second = part(Part.MIG, 1);
        assertThat(second.text(0)).isEqualTo("5");
        assertThat(second.text(1)).isEqualTo("1");
        assertThat(second.text(2)).isEqualTo("3g.40gb");
        assertThat(second.text(3)).startsWith("MIG-");
        assertThat(second.get(MIG_MEMORY_TOTAL_BYTES)).isEqualTo(40 * GIB);
        assertThat(second.get(MIG_MEMORY_USED_BYTES)).isEqualTo(2 * GIB);
        assertThat(second.get(MIG_MULTIPROCESSORS)).isEqualTo(60);
        assertThat(second.has(MIG_GRAPHICS_ENGINE_ACTIVE_MILLIONTHS)).isFalse();
        assertThat(host.gpu(0).has(UTILIZATION_PERCENTAGE)).isFalse();
        after(SECOND, Tier.FAST);
        assertThat(host.gpu(0).parts(Part.MIG)).hasSize(2);
        assertThat(host.called).doesNotContain("nvmlDeviceGetMigDeviceHandleByIndex");
    }

    @Test
    void oneBadSliceDropsNoOther() {
        scenario(DIVIDED + "gpu 0 instance 0 error 999");
        host.poll(Tier.RARE);
        assertThat(host.gpu(0).get(MIG_INSTANCES)).isEqualTo(1);
        assertThat(part(Part.MIG, 0).text(2)).isEqualTo("3g.40gb");
        assertThat(host.failed).anyMatch(failure -> failure.endsWith("0 UNKNOWN"));
        host.driver.apply("gpu 0 instance 0 error 0");
        after(SECOND, Tier.SLOW);
        assertThat(host.gpu(0).get(MIG_INSTANCES)).isEqualTo(2);
    }

    @Test
    void aDeviceThatIsMadeAnewIsFoundThoughItsHandleDied() {
        scenario(DIVIDED);
        host.poll(Tier.RARE);
        host.driver.apply("gpu 0 instance 0 8 0 1g.20gb 21474836480 0 16 1");
        after(SECOND, Tier.FAST); // meets the dead handle
        after(SECOND, Tier.FAST);
        assertThat(part(Part.MIG, 0).text(2)).isEqualTo("1g.20gb");
        assertThat(part(Part.MIG, 0).get(MIG_MEMORY_USED_BYTES)).isZero();
        host.driver.apply("gpu 0 mig 0\ngpu 0 instance 0 gone\ngpu 0 instance 2 gone");
        after(SECOND, Tier.SLOW);
        assertThat(host.gpu(0).parts(Part.MIG)).isEmpty();
        assertThat(host.gpu(0).get(MIG_INSTANCES)).isZero();
        assertThat(host.gpu(0).has(UTILIZATION_PERCENTAGE)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 32})
    void theUseOfAGpuIsToldByContainer(int stride) {
        host.containers = pid -> switch (pid) {
            case 100, 101 -> new Membership.Inside(new ContainerInfo(ID, "trainer", "cuda:13", "research", "train"));
            case 102 -> new Membership.Inside(new ContainerInfo("cd".repeat(32), "", "", "", ""));
            case 103 -> new Membership.OnHost();
            default -> new Membership.Unknown("it has ended");
        };
        scenario("process-stride " + stride + "\n" + """
                gpu 0 process 100 compute 1073741824 sm 40
                gpu 0 process 101 compute 2147483648 sm 25
                gpu 0 process 101 graphics 2147483648
                gpu 0 process 102 mps unknown
                gpu 0 process 103 graphics 1048576 sm 5
                gpu 0 process 104 compute 4096
                """);
        host.poll(Tier.RARE);
        assertThat(host.gpu(0).get(PROCESSES_COMPUTE)).isEqualTo(3);
        assertThat(host.gpu(0).get(PROCESSES_GRAPHICS)).isEqualTo(2);
        assertThat(host.gpu(0).get(PROCESSES_MPS)).isEqualTo(1);
        assertThat(host.gpu(0).parts(Part.CONTAINER)).hasSize(4);
        PartReading trainer = part(Part.CONTAINER, 0);
        assertThat(texts(trainer)).containsExactly("trainer", ID, "cuda:13", "research", "train");
        assertThat(trainer.get(CONTAINER_MEMORY_USED_BYTES)).isEqualTo(3 * GIB); // once, though in two lists
        assertThat(trainer.get(CONTAINER_UTILIZATION_MILLIPERCENT)).isEqualTo(65_000);
        assertThat(trainer.get(CONTAINER_PROCESSES)).isEqualTo(2);
        assertThat(texts(part(Part.CONTAINER, 1))).containsExactly("unknown", "", "", "", "");
        assertThat(part(Part.CONTAINER, 1).get(CONTAINER_MEMORY_USED_BYTES)).isEqualTo(4096);
        assertThat(part(Part.CONTAINER, 1).get(CONTAINER_UTILIZATION_MILLIPERCENT))
                .isZero();
        assertThat(texts(part(Part.CONTAINER, 2))).containsExactly("host", "", "", "", "");
        PartReading nameless = part(Part.CONTAINER, 3);
        assertThat(nameless.text(0)).isEqualTo("cdcdcdcdcdcd");
        assertThat(nameless.has(CONTAINER_MEMORY_USED_BYTES)).isFalse();
        assertThat(nameless.get(CONTAINER_PROCESSES)).isEqualTo(1);
        assertThat(host.gpu(0).parts(Part.PROCESS)).isEmpty();

        host.driver.apply("gpu 0 process 100 ended\ngpu 0 process 101 ended");
        after(SECOND.multipliedBy(30), Tier.SLOW);
        assertThat(host.gpu(0).parts(Part.CONTAINER)).hasSize(3);
    }

    private static List<String> texts(PartReading part) {
        return IntStream.range(0, part.part().identity().size())
                .mapToObj(part::text)
                .toList();
    }

    @Test
    void underMigTheShareOfAContainerIsNotKnownAndNotMadeUp() {
        host.containers = _ -> new Membership.OnHost();
        scenario(DIVIDED + "gpu 0 process 100 compute 1073741824 sm 40 instance 7 0\n"
                + "gpu 0 process 100 compute 1073741824 sm 40 instance 5 1");
        host.poll(Tier.RARE);
        assertThat(host.gpu(0).parts(Part.CONTAINER)).hasSize(1);
        assertThat(part(Part.CONTAINER, 0).get(CONTAINER_MEMORY_USED_BYTES)).isEqualTo(2 * GIB);
        assertThat(part(Part.CONTAINER, 0).get(CONTAINER_PROCESSES)).isEqualTo(1);
        assertThat(part(Part.CONTAINER, 0).has(CONTAINER_UTILIZATION_MILLIPERCENT))
                .isFalse();
    }

    @Test
    void whenOneListFailsNoContainerIsToldWithLessThanItHas() {
        scenario("gpu 0 process 100 compute 5\ngpu 0 process 101 graphics 5\n"
                + "call nvmlDeviceGetGraphicsRunningProcesses_v3 error 999");
        host.poll(Tier.RARE);
        assertThat(host.gpu(0).get(PROCESSES_COMPUTE)).isEqualTo(1);
        assertThat(host.gpu(0).has(PROCESSES_GRAPHICS)).isFalse();
        assertThat(host.gpu(0).parts(Part.CONTAINER)).isEmpty();
        host.driver.apply("call nvmlDeviceGetGraphicsRunningProcesses_v3 well\n"
                + "call nvmlDeviceGetGraphicsRunningProcesses_v3 error 3");
        after(SECOND, Tier.SLOW);
        assertThat(host.gpu(0).parts(Part.CONTAINER)).hasSize(1); // what is not offered is not missed
    }

    @Test
    void processesHaveSeriesOfTheirOwnWhereThatIsAskedFor(@TempDir Path proc) throws IOException {
        Files.createDirectory(proc.resolve("101"));
        Files.writeString(proc.resolve("101").resolve("comm"), "python3\n");
        host.options = host.options.withRoots(proc, proc).withSeries(true, 2);
        scenario("gpu 0 process 100 compute 10\ngpu 0 process 101 compute 30\ngpu 0 process 102 compute 20\n"
                + "gpu 0 process 103 compute unknown");
        host.poll(Tier.RARE);
        assertThat(host.gpu(0).parts(Part.PROCESS)).hasSize(2);
        assertThat(texts(part(Part.PROCESS, 0))).containsExactly("101", "python3", "unknown");
        assertThat(part(Part.PROCESS, 0).get(PartColumn.PROCESS_MEMORY_USED_BYTES))
                .isEqualTo(30);
        assertThat(texts(part(Part.PROCESS, 1))).containsExactly("102", "", "unknown");
        assertThat(host.rejected).containsExactly("nvidia_gpu_process_memory_used_bytes TOO_MANY");
    }

    @Test
    void profilingIsReadWhereItIsAskedForAndAsOftenAsThat() {
        host.options = host.options.withOptIns(Duration.ofSeconds(10), false);
        scenario("gpu 0 gpm 2 87.5\ngpu 0 gpm 5 12.125\ngpu 0 gpm 20 2\ngpu 0 gpm 61 3.5");
        host.poll(Tier.RARE);
        assertThat(host.gpu(0).has(SM_ACTIVE_MILLIONTHS)).isFalse(); // one sample says nothing yet
        after(SECOND, Tier.FAST);
        assertThat(host.called).doesNotContain("nvmlGpmSampleGet");
        after(SECOND.multipliedBy(9), Tier.FAST);
        assertThat(host.gpu(0).get(SM_ACTIVE_MILLIONTHS)).isEqualTo(875_000);
        assertThat(host.gpu(0).get(TENSOR_ACTIVE_MILLIONTHS)).isEqualTo(121_250);
        assertThat(host.gpu(0).get(PROFILED_PCIE_TRANSMIT_BYTES_PER_SECOND)).isEqualTo(2 << 20);
        assertThat(host.gpu(0).get(PROFILED_NVLINK_TRANSMIT_BYTES_PER_SECOND)).isEqualTo(7 << 19);
        assertThat(host.gpu(0).has(FP64_ACTIVE_MILLIONTHS)).isFalse();
        after(SECOND, Tier.FAST);
        assertThat(host.gpu(0).get(SM_ACTIVE_MILLIONTHS)).isEqualTo(875_000);
    }

    @Test
    void underMigEachGpuInstanceIsProfiled() {
        host.options = host.options.withOptIns(Duration.ofMillis(100), false);
        scenario(DIVIDED + "gpu 0 gpm-instance 5 1 33.5");
        host.poll(Tier.RARE);
        after(SECOND, Tier.FAST);
        after(SECOND, Tier.FAST);
        assertThat(part(Part.MIG, 1).get(MIG_GRAPHICS_ENGINE_ACTIVE_MILLIONTHS)).isEqualTo(335_000);
        assertThat(part(Part.MIG, 0).has(MIG_GRAPHICS_ENGINE_ACTIVE_MILLIONTHS)).isFalse();
        assertThat(host.gpu(0).has(SM_ACTIVE_MILLIONTHS)).isFalse();
        host.driver.apply("gpu 0 instance 2 gone");
        after(SECOND, Tier.SLOW);
        after(SECOND, Tier.FAST);
        assertThat(host.gpu(0).parts(Part.MIG)).hasSize(1);
    }

    @Test
    void profilingIsLeftWhereTheGpuHasNone() {
        host.options = host.options.withOptIns(Duration.ofMillis(100), false);
        scenario("gpu 0 gpm-supported 0");
        host.poll(Tier.RARE);
        after(SECOND, Tier.FAST);
        assertThat(host.called).doesNotContain("nvmlGpmQueryDeviceSupport", "nvmlGpmSampleGet");
    }

    @Test
    void pcieThroughputIsMeasuredOneDirectionOfOneGpuASecond() {
        host.options = host.options.withOptIns(null, true);
        scenario("gpus 2\ngpu * pcie-rate-transmit 7\ngpu * pcie-rate-receive 9");
        host.poll(Tier.RARE);
        for (int second = 0; second < 4; second++) {
            assertThat(host.called.stream().filter("nvmlDeviceGetPcieThroughput"::equals))
                    .hasSize(1);
            host.advance(Duration.ofMillis(500));
            host.poll(Tier.FAST);
            assertThat(host.called).doesNotContain("nvmlDeviceGetPcieThroughput");
            host.advance(Duration.ofMillis(500));
            host.poll(Tier.FAST);
        }
        for (Column column : List.of(PCIE_TRANSMIT_BYTES_PER_SECOND, PCIE_RECEIVE_BYTES_PER_SECOND)) {
            long expected = column == PCIE_TRANSMIT_BYTES_PER_SECOND ? 7000 : 9000;
            assertThat(host.gpu(0).get(column)).isEqualTo(expected);
            assertThat(host.gpu(1).get(column)).isEqualTo(expected);
        }
    }

    @Test
    void nothingIsMeasuredThatWasNotAskedFor() {
        scenario("");
        host.poll(Tier.RARE);
        after(SECOND, Tier.FAST);
        assertThat(host.gpu(0).has(PCIE_TRANSMIT_BYTES_PER_SECOND)).isFalse();
        assertThat(host.gpu(0).has(SM_ACTIVE_MILLIONTHS)).isFalse();
    }
}
