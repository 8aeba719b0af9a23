package caretaker.agent.dcgm;

import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import java.util.List;

/**
 * What one answer of a dcgm-exporter says. Nobody changes it any more.
 *
 * @param gpus all of whose values are marked as DCGM's
 * @param identities of the same GPUs in the same order
 * @param driverVersion empty where it is not said
 * @param nanos when it came, by the clock that only goes forward
 */
record DcgmReadings(List<GpuReading> gpus, List<GpuIdentity> identities, String driverVersion, long nanos) {
    static final DcgmReadings NONE = new DcgmReadings(List.of(), List.of(), "", 0);
}
