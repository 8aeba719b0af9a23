package caretaker.contracts;

import java.util.List;

/** The software on a GPU host. Empty where the driver says nothing. */
public record HostInfo(
        String driverVersion,
        String nvmlVersion,
        String cudaVersion,
        String gspFirmwareVersion,
        String agentVersion,
        String backend) {

    /** The values in the order of the fields of message {@code HostInfo}. */
    public List<String> values() {
        return List.of(driverVersion, nvmlVersion, cudaVersion, gspFirmwareVersion, agentVersion, backend);
    }

    static final int FIELDS = 6;

    static HostInfo ofValues(String[] values) {
        return new HostInfo(values[0], values[1], values[2], values[3], values[4], values[5]);
    }
}
