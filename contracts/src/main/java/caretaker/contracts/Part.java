package caretaker.contracts;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a GPU, or its host, has several of that are told apart by texts: a repeated message. Its first fields are those
 * texts, in the order of {@link #identity}; its values are {@link PartColumn}s.
 *
 * <p>The texts may come from anywhere, such as the name of a container: at most {@link ReadingsCodec#MAX_TEXT} bytes of
 * UTF-8, and any character. Two parts with the same texts cannot be told apart: the second is left out.
 */
public enum Part implements WireField {
    MIG("mig", 350, 64, "gpu_instance", "compute_instance", "profile", "mig_uuid"),
    /** What the processes of one container use of a GPU. */
    CONTAINER("containers", 351, 256, "container", "container_id", "image", "compose_project", "compose_service"),
    PROCESS("gpu_processes", 352, 512, "pid", "process", "container"),
    XID("xids", 353, 128, "xid"),
    /** Errors of NVSwitches: of the host, in message {@code Readings}. */
    SXID("sxids", 12, 256, "nvswitch", "sxid", "severity");

    private static final Part[] VALUES = values();

    private final String fieldName;
    private final int field;
    private final int max;
    private final List<String> identity;

    Part(String fieldName, int field, int max, String... identity) {
        this.fieldName = fieldName;
        this.field = field;
        this.max = max;
        this.identity = List.of(identity);
    }

    @Override
    public int field() {
        return field;
    }

    @Override
    public String fieldName() {
        return fieldName;
    }

    /** Its place among all of them, from 0. */
    int place() {
        return ofHost() ? VALUES.length - 1 : field - MIG.field;
    }

    /** How many of it a reader takes; writers leave out the rest. */
    public int max() {
        return max;
    }

    /** What tells two of them apart: the texts' names, which are labels of the metrics. */
    public List<String> identity() {
        return identity;
    }

    /** Whether it belongs to the host and not to one of its GPUs. */
    public boolean ofHost() {
        return this == SXID;
    }

    /** The part of a field number of message {@code Gpu}, or null where this version knows none. */
    static @Nullable Part ofField(int field) {
        for (Part part : VALUES) {
            if (part.field == field && !part.ofHost()) {
                return part;
            }
        }
        return null;
    }
}
