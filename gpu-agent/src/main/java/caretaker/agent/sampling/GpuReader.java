package caretaker.agent.sampling;

import static caretaker.agent.sampling.DriverCalls.endsPoll;

import caretaker.agent.containers.ContainerLookup;
import caretaker.agent.nvml.Answer;
import caretaker.agent.nvml.Field;
import caretaker.agent.nvml.FieldValues;
import caretaker.agent.nvml.Nvml;
import caretaker.agent.nvml.NvmlReturn;
import caretaker.agent.nvml.Samples;
import caretaker.agent.sampling.RejectedValues.Reason;
import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.GpuReading;
import caretaker.contracts.VectorColumn;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Reads one GPU after the other from an initialized driver, with buffers that all of them share. */
final class GpuReader {
    private static final String FIELDS = "nvmlDeviceGetFieldValues";
    private static final String SAMPLES = "nvmlDeviceGetSamples";
    private static final long TOLERANCE_US = 1_000_000;

    private final Nvml nvml;
    private final DriverCalls calls;
    private final DriverListener listener;
    private final LinkReader links;
    private final MigReader mig;
    private final ProcessReader processes;
    private final @Nullable ProfilingReader profiling;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final long intervalUs;
    private final FieldValues fastFields;
    private final FieldValues slowFields;
    private final Samples power;
    private final Samples utilization;
    private final long[] answers = new long[Read.MOST];
    private boolean answered;

    GpuReader(
            Nvml nvml,
            DriverCalls calls,
            ContainerLookup containers,
            NvmlOptions options,
            InstantSource clock,
            LongSupplier nanos,
            Duration interval) {
        this.nvml = nvml;
        this.calls = calls;
        this.listener = calls.listener();
        this.clock = clock;
        this.nanos = nanos;
        intervalUs = interval.toNanos() / 1000;
        List<Field> fast = List.copyOf(Reads.FAST_FIELDS.values());
        fastFields = nvml.fieldValues(fast);
        slowFields = nvml.fieldValues(List.copyOf(Reads.SLOW_FIELDS.values()));
        power = nvml.samples(Samples.POWER_MILLIWATTS);
        utilization = nvml.samples(Samples.GPU_PERCENT);
        links = new LinkReader(nvml, calls, fast);
        mig = new MigReader(nvml, calls);
        processes = new ProcessReader(nvml, calls, containers, options.processes());
        profiling = options.profiling() == null ? null : new ProfilingReader(nvml, calls);
    }

    /**
     * Reads all that is due into the GPU's reading.
     *
     * @return success, or the first code that says that there is no point in going on with this GPU
     */
    NvmlReturn read(NvmlGpu gpu, Tier polled, boolean profile) {
        answered = false;
        Tier tier = mig.hasNewMode(gpu, polled) ? Tier.RARE : polled;
        gpu.beginPoll(tier);
        if (tier == Tier.RARE) {
            gpu.retest();
        }
        NvmlReturn result = readFunctions(gpu, tier);
        if (!endsPoll(result) && tier != Tier.FAST) {
            result = links.find(gpu);
        }
        if (!endsPoll(result)) {
            result = readFastFields(gpu);
        }
        if (!endsPoll(result)) {
            readSamples(gpu);
            result = tier == Tier.FAST ? result : readSlow(gpu);
        }
        if (!endsPoll(result) && profile && profiling != null) {
            result = profiling.read(gpu, nanos.getAsLong());
        }
        if (!endsPoll(result)) {
            result = mig.read(gpu, tier);
        }
        gpu.fillEvents();
        return endsPoll(result) ? result : answered ? NvmlReturn.SUCCESS : gpu.trouble;
    }

    private NvmlReturn readFunctions(NvmlGpu gpu, Tier tier) {
        for (int i = 0; i < Reads.FUNCTIONS.size(); i++) {
            Read read = Reads.FUNCTIONS.get(i);
            if (read.isDue(tier) && !gpu.left[i]) {
                NvmlReturn result = read(read, i, gpu);
                if (endsPoll(result)) {
                    return result;
                }
            }
        }
        return NvmlReturn.SUCCESS;
    }

    private NvmlReturn readFastFields(NvmlGpu gpu) {
        FieldValues own = gpu.links.fast;
        FieldValues batch = own == null ? fastFields : own;
        NvmlReturn result = readFields(gpu, batch, Reads.FAST_FIELDS);
        links.takeFast(gpu, batch, Reads.FAST_FIELDS.size());
        return result;
    }

    private NvmlReturn readSlow(NvmlGpu gpu) {
        NvmlReturn result = readFields(gpu, slowFields, Reads.SLOW_FIELDS);
        if (!endsPoll(result)) {
            readFans(gpu);
            result = links.readSlow(gpu);
        }
        gpu.processes.seenUs = lastSeen(gpu.processes.seenUs);
        return endsPoll(result) ? result : processes.read(gpu);
    }

    /** Reads what still answers when the driver refuses everything else until a reset. */
    void readRecoveryAction(NvmlGpu gpu) {
        gpu.reading.clear();
        readFields(gpu, fastFields, Reads.FAST_FIELDS);
        var action = new GpuReading();
        if (gpu.reading.has(Column.RECOVERY_ACTION)) {
            action.set(Column.RECOVERY_ACTION, gpu.reading.get(Column.RECOVERY_ACTION));
        }
        gpu.reading.copyFrom(action);
    }

    private void begin(String name, NvmlGpu gpu) {
        calls.begin(name, gpu);
    }

    private void end() {
        calls.end();
    }

    private NvmlReturn read(Read read, int place, NvmlGpu gpu) {
        begin(read.function(), gpu);
        read.ask().ask(nvml, gpu.handle, answers);
        end();
        NvmlReturn failure = NvmlReturn.SUCCESS;
        boolean any = false;
        List<Column> columns = read.columns();
        for (int i = 0; i < columns.size(); i++) {
            NvmlReturn result = take(columns.get(i), answers[i], gpu);
            any |= result == NvmlReturn.SUCCESS;
            failure = result == NvmlReturn.SUCCESS ? failure : result;
        }
        if (!any) {
            calls.failed(failure, gpu);
            gpu.left[place] = DriverCalls.isLeftOut(failure);
        }
        return any ? NvmlReturn.SUCCESS : failure;
    }

    /** Puts an answer into its column, or empties the column. */
    private NvmlReturn take(Column column, long answer, NvmlGpu gpu) {
        NvmlReturn result = Answer.isValue(answer) ? NvmlReturn.SUCCESS : Answer.result(answer);
        if (result == NvmlReturn.SUCCESS) {
            answered = true;
            listener.set(gpu.reading, column, gpu.total(column, answer));
            if (gpu.wentBackwards(column)) {
                listener.rejected(column.metric().family(), Reason.WENT_BACKWARDS);
            }
            if (column == Column.CLOCK_EVENT_REASONS) {
                boolean known = gpu.reading.has(Column.CLOCK_EVENT_REASONS_SUPPORTED);
                gpu.edges.add(
                        answer, known ? gpu.reading.get(Column.CLOCK_EVENT_REASONS_SUPPORTED) : answer, gpu.reading);
            }
            return result;
        }
        gpu.reading.remove(column);
        if (result == NvmlReturn.BLANK) {
            answered = true;
            listener.rejected(column.metric().family(), Reason.BLANK);
        }
        return result;
    }

    private NvmlReturn readFields(NvmlGpu gpu, FieldValues batch, Map<Column, Field> fields) {
        begin(FIELDS, gpu);
        int code = batch.read(gpu.handle);
        end();
        NvmlReturn worst = NvmlReturn.of(code);
        int row = 0;
        for (Column column : fields.keySet()) {
            NvmlReturn result = take(column, batch.value(row++), gpu);
            worst = endsPoll(result) ? result : worst;
        }
        if (worst != NvmlReturn.SUCCESS) {
            calls.failed(worst, gpu);
        }
        return worst;
    }

    private void readSamples(NvmlGpu gpu) {
        gpu.utilizationSeenUs = lastSeen(gpu.utilizationSeenUs);
        begin(SAMPLES, gpu);
        NvmlReturn result = NvmlReturn.of(utilization.read(gpu.handle, gpu.utilizationSeenUs));
        end();
        gpu.utilizationSeenUs = utilization.newestUs();
        boolean offered = result == NvmlReturn.SUCCESS || result == NvmlReturn.NOT_FOUND;
        long now = valueOf(gpu, Column.UTILIZATION_PERCENTAGE);
        boolean none = utilization.count() == 0; // then nothing has happened since the polled value
        sample(gpu, Column.UTILIZATION_MIN_PERCENTAGE, offered, none ? now : utilization.minimum());
        sample(gpu, Column.UTILIZATION_MAX_PERCENTAGE, offered, none ? now : utilization.maximum());
        sample(
                gpu,
                Column.UTILIZATION_AVERAGE_MILLIPERCENT,
                offered && (!none || Answer.isValue(now)),
                none ? now * 1000 : Math.round(utilization.average() * 1000));

        gpu.powerSeenUs = lastSeen(gpu.powerSeenUs);
        begin(SAMPLES, gpu);
        result = NvmlReturn.of(power.read(gpu.handle, gpu.powerSeenUs));
        end();
        gpu.powerSeenUs = power.newestUs();
        offered = result == NvmlReturn.SUCCESS || result == NvmlReturn.NOT_FOUND;
        long watts = valueOf(gpu, Column.POWER_DRAW_MILLIWATTS);
        sample(gpu, Column.POWER_DRAW_MAX_MILLIWATTS, offered, power.count() == 0 ? watts : power.maximum());
    }

    private static long valueOf(NvmlGpu gpu, Column column) {
        return gpu.reading.has(column) ? gpu.reading.get(column) : Answer.BLANK;
    }

    private void sample(NvmlGpu gpu, Column column, boolean offered, long value) {
        if (offered && Answer.isValue(value)) {
            listener.set(gpu.reading, column, value);
        } else {
            gpu.reading.remove(column);
        }
    }

    /**
     * Where the samples of this poll begin. A clock that was set back must not hide all samples until it is there
     * again.
     */
    private long lastSeen(long seenUs) {
        long nowUs = clock.millis() * 1000;
        return seenUs == 0 || seenUs > nowUs + TOLERANCE_US ? nowUs - intervalUs : seenUs;
    }

    private void readFans(NvmlGpu gpu) {
        if (gpu.fansLeft) {
            return;
        }
        begin("nvmlDeviceGetNumFans", gpu);
        long count = nvml.sensors().fanCount(gpu.handle);
        end();
        if (!Answer.isValue(count) || count == 0) {
            gpu.fansLeft = true;
            return;
        }
        int fans = (int) Math.min(count, VectorColumn.By.FAN.max());
        long[] percent = new long[fans];
        long[] rpm = new long[fans];
        for (int fan = 0; fan < fans; fan++) {
            begin("nvmlDeviceGetFanSpeed_v2", gpu);
            percent[fan] = fan(VectorColumn.FAN_SPEED_PERCENTAGE, nvml.sensors().fanPercent(gpu.handle, fan));
            end();
            begin("nvmlDeviceGetFanSpeedRPM", gpu);
            rpm[fan] = fan(VectorColumn.FAN_SPEED_RPM, nvml.sensors().fanRpm(gpu.handle, fan));
            end();
        }
        gpu.reading.vector(VectorColumn.FAN_SPEED_PERCENTAGE, any(percent));
        gpu.reading.vector(VectorColumn.FAN_SPEED_RPM, any(rpm));
    }

    private long fan(VectorColumn column, long value) {
        if (!Answer.isValue(value)) {
            return -1;
        }
        if (!column.accepts(value)) {
            listener.rejected(column.metric().family(), Reason.OUT_OF_RANGE);
            return -1;
        }
        return value;
    }

    private static long[] any(long[] byFan) {
        return Arrays.stream(byFan).allMatch(value -> value < 0) ? new long[0] : byFan;
    }
}
