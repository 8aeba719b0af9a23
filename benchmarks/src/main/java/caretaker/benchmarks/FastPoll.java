package caretaker.benchmarks;

import caretaker.agent.nvml.Answer;
import caretaker.agent.nvml.Field;
import caretaker.agent.nvml.FieldValues;
import caretaker.agent.nvml.GpuHandle;
import caretaker.agent.nvml.Load;
import caretaker.agent.nvml.Nvml;
import caretaker.agent.nvml.Opening;
import caretaker.agent.nvml.Samples;
import caretaker.agent.nvml.Sensors;
import java.util.ArrayList;
import java.util.List;

/**
 * One fast poll of every GPU, again and again; prints nanoseconds for one. The same calls as {@code poll.c}, which
 * is what it is held against. Usage: {@code FastPoll <library> [polls]}, with CARETAKER_NVML_SCENARIO set.
 */
final class FastPoll {
    private static final int ROUNDS = 10;
    private static final int LINKS = 18;
    private static final List<Field> COMMON = List.of(
            Field.MEMORY_TEMPERATURE_CELSIUS,
            Field.ENERGY_MILLIJOULES,
            Field.HELD_BY_POWER,
            Field.HELD_BY_HEAT,
            Field.HELD_BY_SYNC_BOOST,
            Field.HELD_BY_BOARD_LIMIT,
            Field.HELD_BY_LOW_UTILIZATION,
            Field.HELD_BY_RELIABILITY,
            Field.POWER_INSTANT_MILLIWATTS,
            Field.PCIE_TRANSMIT_BYTES,
            Field.PCIE_RECEIVE_BYTES,
            Field.RECOVERY_ACTION);
    private static final List<Field> FIELDS = withLinks();

    private static final class Gpu {
        final GpuHandle handle;
        final FieldValues fields;
        long powerSeenUs;
        long utilizationSeenUs;

        Gpu(GpuHandle handle, FieldValues fields) {
            this.handle = handle;
            this.fields = fields;
        }
    }

    private final Load load;
    private final Sensors sensors;
    private final Samples power;
    private final Samples utilization;
    private final List<Gpu> gpus = new ArrayList<>();
    private long seen;

    private static List<Field> withLinks() {
        List<Field> fields = new ArrayList<>(COMMON);
        for (int id : new int[] {Field.LINK_TRANSMIT_KIB, Field.LINK_RECEIVE_KIB}) {
            for (int link = 0; link < LINKS; link++) {
                fields.add(Field.link(id, link));
            }
        }
        return List.copyOf(fields);
    }

    private FastPoll(Nvml nvml) {
        load = nvml.load();
        sensors = nvml.sensors();
        power = nvml.samples(Samples.POWER_MILLIWATTS);
        utilization = nvml.samples(Samples.GPU_PERCENT);
        for (int i = 0; i < nvml.gpuCount(); i++) {
            gpus.add(new Gpu(nvml.gpuByIndex(i).gpu(), nvml.fieldValues(FIELDS)));
        }
    }

    public static void main(String... arguments) {
        if (!(Nvml.open(arguments[0]) instanceof Opening.Opened opened)) {
            throw new IllegalStateException("no library " + arguments[0]);
        }
        opened.nvml().init();
        FastPoll poll = new FastPoll(opened.nvml());
        int polls = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20_000;
        for (int round = 0; round < ROUNDS; round++) {
            long beganNs = System.nanoTime();
            for (int k = 0; k < polls; k++) {
                poll.gpus.forEach(poll::poll);
            }
            System.out.println((System.nanoTime() - beganNs) / polls);
        }
        System.err.println(poll.seen);
        opened.nvml().shutdown();
    }

    private void poll(Gpu gpu) {
        GpuHandle handle = gpu.handle;
        if (load.utilization(handle) == 0) {
            seen += load.gpuPercent() + load.memoryPercent();
        }
        if (load.memory(handle) == 0) {
            seen += load.memoryTotalBytes();
            seen += load.memoryUsedBytes() + load.memoryFreeBytes() + load.memoryReservedBytes();
        }
        seen += Answer.orElse(sensors.temperatureCelsius(handle), 0);
        seen += Answer.orElse(sensors.marginCelsius(handle), 0);
        seen += Answer.orElse(sensors.powerMilliwatts(handle), 0);
        for (int domain = 0; domain < 4; domain++) {
            seen += Answer.orElse(sensors.clockMegahertz(handle, domain), 0);
        }
        seen += Answer.orElse(sensors.performanceState(handle), 0);
        seen += Answer.orElse(sensors.clockEventReasons(handle), 0);
        seen += Answer.orElse(load.encoderPercent(handle), 0);
        seen += Answer.orElse(load.decoderPercent(handle), 0);
        if (gpu.fields.read(handle) == 0) {
            for (int row = 0; row < gpu.fields.size(); row++) {
                seen += Answer.orElse(gpu.fields.value(row), 0);
            }
        }
        if (power.read(handle, gpu.powerSeenUs) == 0) {
            seen += power.maximum() + power.minimum() + (long) power.average();
            gpu.powerSeenUs = power.newestUs();
        }
        if (utilization.read(handle, gpu.utilizationSeenUs) == 0) {
            seen += utilization.maximum() + utilization.minimum() + (long) utilization.average();
            gpu.utilizationSeenUs = utilization.newestUs();
        }
    }
}
