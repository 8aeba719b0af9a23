package caretaker.agent.sampling;

import caretaker.agent.nvml.Answer;
import caretaker.agent.nvml.Field;
import caretaker.agent.nvml.FieldValues;
import caretaker.agent.nvml.Links;
import caretaker.agent.nvml.Nvml;
import caretaker.agent.nvml.NvmlReturn;
import caretaker.agent.nvml.Treatment;
import caretaker.agent.sampling.RejectedValues.Reason;
import caretaker.contracts.Column;
import caretaker.contracts.VectorColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the links of a GPU: to other GPUs and switches (NVLink) and to the CPU (C2C). A link that gives no answer is a
 * gap in the vector and keeps no other from being read.
 */
final class LinkReader {
    /** A field that each link has. */
    private record LinkField(VectorColumn column, int id) {}

    private static final VectorColumn[] COUNTERS = {
        VectorColumn.NVLINK_ERRORS_REPLAY,
        VectorColumn.NVLINK_ERRORS_RECOVERY,
        VectorColumn.NVLINK_ERRORS_CRC_FLIT,
        VectorColumn.NVLINK_ERRORS_CRC_DATA,
        VectorColumn.NVLINK_ERRORS_ECC_DATA
    };

    private static final LinkField SPEED =
            new LinkField(VectorColumn.NVLINK_SPEED_MEGABYTES_PER_SECOND, Field.LINK_SPEED);
    private static final List<LinkField> BEFORE_NVLINK_5 = List.of(SPEED);
    private static final List<LinkField> SINCE_NVLINK_5 = List.of(
            SPEED,
            new LinkField(VectorColumn.NVLINK_UP, Field.LINK_STATE),
            new LinkField(VectorColumn.NVLINK_ERRORS_MALFORMED, Field.LINK5_MALFORMED),
            new LinkField(VectorColumn.NVLINK_ERRORS_OVERRUN, Field.LINK5_OVERRUN),
            new LinkField(VectorColumn.NVLINK_ERRORS_RECEIVE, Field.LINK5_RECEIVE_ERRORS),
            new LinkField(VectorColumn.NVLINK_ERRORS_REMOTE, Field.LINK5_REMOTE_ERRORS),
            new LinkField(VectorColumn.NVLINK_ERRORS_GENERAL, Field.LINK5_GENERAL_ERRORS),
            new LinkField(VectorColumn.NVLINK_ERRORS_INTEGRITY, Field.LINK5_INTEGRITY_ERRORS),
            new LinkField(VectorColumn.NVLINK_ERRORS_DISCARD, Field.LINK5_DISCARDS),
            new LinkField(VectorColumn.NVLINK_ERRORS_RECOVERY_OK, Field.LINK5_RECOVERED),
            new LinkField(VectorColumn.NVLINK_ERRORS_RECOVERY_FAILED, Field.LINK5_RECOVERY_FAILED),
            new LinkField(VectorColumn.NVLINK_ERRORS_EFFECTIVE, Field.LINK5_EFFECTIVE_ERRORS),
            new LinkField(VectorColumn.NVLINK_ERRORS_SYMBOL, Field.LINK5_SYMBOL_ERRORS),
            new LinkField(VectorColumn.NVLINK_BIT_ERROR_RATIO_EFFECTIVE, Field.LINK5_EFFECTIVE_RATIO),
            new LinkField(VectorColumn.NVLINK_BIT_ERROR_RATIO_SYMBOL, Field.LINK5_SYMBOL_RATIO));
    private static final List<LinkField> TO_CPU = List.of(
            new LinkField(VectorColumn.C2C_LINK_UP, Field.C2C_STATUS),
            new LinkField(VectorColumn.C2C_ERRORS_CRC, Field.C2C_CRC_ERRORS),
            new LinkField(VectorColumn.C2C_ERRORS_REPLAY, Field.C2C_REPLAYS),
            new LinkField(VectorColumn.C2C_ERRORS_REPLAY_BACK_TO_BACK, Field.C2C_BACK_TO_BACK_REPLAYS));
    private static final String FIELDS = "nvmlDeviceGetFieldValues";
    private static final String STATE = "nvmlDeviceGetNvLinkState";
    private static final String ERRORS = "nvmlDeviceGetNvLinkErrorCounter";
    private static final long KIB = 1024;
    private static final int C2C_MOST = VectorColumn.By.C2C.max();
    private static final long[] NONE = {};

    private final Nvml nvml;
    private final DriverCalls calls;
    private final List<Field> common;
    private final FieldValues toCpuCount;

    /** @param common the fast fields of every GPU, which go before those of its links */
    LinkReader(Nvml nvml, DriverCalls calls, List<Field> common) {
        this.nvml = nvml;
        this.calls = calls;
        this.common = common;
        toCpuCount = nvml.fieldValues(List.of(Field.C2C_COUNT));
    }

    /** Finds the links and whether they are up; in a slow poll, before the fast fields are read. */
    NvmlReturn find(NvmlGpu gpu) {
        LinkState links = gpu.links;
        if (links.left) {
            return NvmlReturn.SUCCESS;
        }
        long[] up = new long[Links.MAX_LINKS];
        int count = 0;
        int first = -1; // that answers
        for (int link = 0; link < Links.MAX_LINKS; link++) {
            calls.begin(STATE, gpu);
            long answer = nvml.links().active(gpu.handle, link);
            calls.end();
            NvmlReturn result = Answer.isValue(answer) ? NvmlReturn.SUCCESS : Answer.result(answer);
            if (DriverCalls.endsPoll(result)) {
                calls.failed(result, gpu);
                return result;
            }
            if (result.treatment() == Treatment.BAD_ARGUMENT) {
                break; // past the last one
            }
            if (link == 0 && DriverCalls.isLeftOut(result)) {
                links.left = true;
                break;
            }
            if (result != NvmlReturn.SUCCESS) {
                calls.failed(result, gpu);
            } else if (first < 0) {
                first = link;
            }
            up[link] = Answer.orElse(answer, -1);
            count = link + 1;
        }
        if (first >= 0) {
            calls.begin("nvmlDeviceGetNvLinkVersion", gpu);
            long version = nvml.links().version(gpu.handle, first);
            calls.end();
            shape(gpu, count, version >= Links.NVLINK_5);
        } else {
            shape(gpu, 0, false);
        }
        put(gpu, VectorColumn.NVLINK_UP, Arrays.copyOf(up, links.count));
        return NvmlReturn.SUCCESS;
    }

    private void shape(NvmlGpu gpu, int count, boolean isNvlink5) {
        LinkState links = gpu.links;
        if (links.count == count && links.isNvlink5 == isNvlink5) {
            return;
        }
        for (VectorColumn column : VectorColumn.values()) {
            if (column.by() == VectorColumn.By.NVLINK) {
                gpu.reading.vector(column, NONE);
            }
        }
        links.shape(count, isNvlink5);
        if (count == 0) {
            links.fast = null;
            links.slow = null;
            return;
        }
        List<Field> fast = new ArrayList<>(common);
        add(fast, count, isNvlink5 ? Field.LINK5_TRANSMIT_BYTES : Field.LINK_TRANSMIT_KIB);
        add(fast, count, isNvlink5 ? Field.LINK5_RECEIVE_BYTES : Field.LINK_RECEIVE_KIB);
        links.fast = nvml.fieldValues(fast);
        links.slow = nvml.fieldValues(fields(isNvlink5 ? SINCE_NVLINK_5 : BEFORE_NVLINK_5, count));
    }

    private static List<Field> fields(List<LinkField> of, int count) {
        List<Field> fields = new ArrayList<>();
        of.forEach(field -> add(fields, count, field.id()));
        return fields;
    }

    private static void add(List<Field> fields, int links, int id) {
        for (int link = 0; link < links; link++) {
            fields.add(Field.link(id, link));
        }
    }

    /** Takes the bytes of each link out of the batch of fast fields, from a row on. */
    void takeFast(NvmlGpu gpu, FieldValues batch, int row) {
        LinkState links = gpu.links;
        if (batch != links.fast) {
            return;
        }
        long unit = links.isNvlink5 ? 1 : KIB;
        for (int link = 0; link < links.count; link++) {
            links.transmittedBytes[link] =
                    total(VectorColumn.NVLINK_TRANSMIT_BYTES, links.transmitted[link], batch.value(row + link), unit);
            links.receivedBytes[link] = total(
                    VectorColumn.NVLINK_RECEIVE_BYTES,
                    links.received[link],
                    batch.value(row + links.count + link),
                    unit);
        }
        put(gpu, VectorColumn.NVLINK_TRANSMIT_BYTES, links.transmittedBytes);
        put(gpu, VectorColumn.NVLINK_RECEIVE_BYTES, links.receivedBytes);
    }

    private long total(VectorColumn column, RunningTotal total, long answer, long unit) {
        if (!Answer.isValue(answer) || answer < 0) {
            return -1;
        }
        long sum = total.add(answer) * unit;
        if (total.wentBackwards()) {
            calls.listener().rejected(column.metric().family(), Reason.WENT_BACKWARDS);
        }
        return sum;
    }

    /** Reads what moves slowly: speed, errors, the links to the CPU. */
    NvmlReturn readSlow(NvmlGpu gpu) {
        LinkState links = gpu.links;
        if (links.slow != null) {
            NvmlReturn result =
                    readFields(gpu, links.slow, links.isNvlink5 ? SINCE_NVLINK_5 : BEFORE_NVLINK_5, links.count);
            if (DriverCalls.endsPoll(result)) {
                return result;
            }
            countUp(gpu);
        } else {
            gpu.reading.remove(Column.NVLINK_ACTIVE);
        }
        for (int counter = 0; counter < COUNTERS.length; counter++) {
            if (links.count > 0 && !links.isNvlink5 && !links.counterLeft[counter]) {
                NvmlReturn result = readCounter(gpu, counter);
                if (DriverCalls.endsPoll(result)) {
                    return result;
                }
            }
        }
        return readToCpu(gpu);
    }

    private void countUp(NvmlGpu gpu) {
        long[] up = gpu.reading.vector(VectorColumn.NVLINK_UP);
        if (up.length == 0) {
            gpu.reading.remove(Column.NVLINK_ACTIVE);
        } else {
            gpu.reading.set(
                    Column.NVLINK_ACTIVE,
                    Arrays.stream(up).filter(one -> one > 0).count());
        }
    }

    private NvmlReturn readCounter(NvmlGpu gpu, int counter) {
        long[] errors = new long[gpu.links.count];
        for (int link = 0; link < errors.length; link++) {
            calls.begin(ERRORS, gpu);
            long answer = nvml.links().errors(gpu.handle, link, counter);
            calls.end();
            NvmlReturn result = Answer.isValue(answer) ? NvmlReturn.SUCCESS : Answer.result(answer);
            if (DriverCalls.endsPoll(result)) {
                calls.failed(result, gpu);
                return result;
            }
            if (link == 0 && DriverCalls.isLeftOut(result)) {
                gpu.links.counterLeft[counter] = true;
                gpu.reading.vector(COUNTERS[counter], NONE);
                return NvmlReturn.SUCCESS;
            }
            errors[link] = Answer.orElse(answer, -1);
        }
        put(gpu, COUNTERS[counter], errors);
        return NvmlReturn.SUCCESS;
    }

    private NvmlReturn readToCpu(NvmlGpu gpu) {
        LinkState links = gpu.links;
        if (!links.toCpuAsked) {
            calls.begin(FIELDS, gpu);
            int code = toCpuCount.read(gpu.handle);
            calls.end();
            links.toCpuAsked = true;
            int count = code == 0 ? Math.clamp(Answer.orElse(toCpuCount.value(0), 0), 0, C2C_MOST) : 0;
            if (count != links.toCpuCount) {
                links.toCpuCount = count;
                links.toCpu = count == 0 ? null : nvml.fieldValues(fields(TO_CPU, count));
                TO_CPU.forEach(field -> gpu.reading.vector(field.column(), NONE));
            }
        }
        return links.toCpu == null ? NvmlReturn.SUCCESS : readFields(gpu, links.toCpu, TO_CPU, links.toCpuCount);
    }

    private NvmlReturn readFields(NvmlGpu gpu, FieldValues batch, List<LinkField> fields, int count) {
        calls.begin(FIELDS, gpu);
        NvmlReturn result = NvmlReturn.of(batch.read(gpu.handle));
        calls.end();
        if (result != NvmlReturn.SUCCESS) {
            calls.failed(result, gpu);
            return result;
        }
        int row = 0;
        for (LinkField field : fields) {
            long[] values = new long[count];
            boolean any = false;
            for (int link = 0; link < count; link++) {
                values[link] = Answer.orElse(batch.value(row++), -1);
                any |= values[link] >= 0;
            }
            if (field.column() == VectorColumn.NVLINK_UP) {
                if (!any) {
                    continue; // the function has told already
                }
                for (int link = 0; link < count; link++) {
                    values[link] = Math.min(values[link], 1); // asleep is not down
                }
            }
            put(gpu, field.column(), values);
        }
        return result;
    }

    /** Puts a vector into the reading, without what cannot be true; none at all where no link gave a value. */
    private void put(NvmlGpu gpu, VectorColumn column, long[] values) {
        boolean any = false;
        for (int i = 0; i < values.length; i++) {
            if (values[i] >= 0 && !column.accepts(values[i])) {
                calls.listener().rejected(column.metric().family(), Reason.OUT_OF_RANGE);
                values[i] = -1;
            }
            any |= values[i] >= 0;
        }
        gpu.reading.vector(column, any ? values : NONE);
    }
}
