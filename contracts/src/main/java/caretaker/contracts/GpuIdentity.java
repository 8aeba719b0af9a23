package caretaker.contracts;

import java.util.List;

/** What identifies a GPU and hardly ever changes. Empty where the driver says nothing. */
public record GpuIdentity(
        String name,
        String pciBusId,
        String serial,
        String partNumber,
        String vbiosVersion,
        String architecture,
        String computeCapability,
        String minorNumber,
        String boardId,
        String moduleId) {

    /** Of a GPU whose driver says nothing. */
    public static final GpuIdentity NONE = new GpuIdentity("", "", "", "", "", "", "", "", "", "");

    /** The values in the order of the fields of message {@code GpuInfo} and of the labels of {@link Metric#INFO}. */
    public List<String> values() {
        return List.of(
                name,
                pciBusId,
                serial,
                partNumber,
                vbiosVersion,
                architecture,
                computeCapability,
                minorNumber,
                boardId,
                moduleId);
    }

    static final int FIELDS = 10;

    static GpuIdentity ofValues(String[] values) {
        return new GpuIdentity(
                values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7], values[8],
                values[9]);
    }
}
