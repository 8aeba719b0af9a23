package caretaker.benchmarks;

import caretaker.contracts.Column;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import java.time.InstantSource;

/** A host with one GPU whose energy counter says which record is shown. */
record Probe(int round) {
    byte[] record() {
        var readings = new Readings()
                .host("probe")
                .agentId("probe")
                .sequence(round + 1L)
                .timeUnixMillis(InstantSource.system().millis())
                .intervalMillis(1000);
        readings.gpuCount(1).getFirst().uuid("GPU-probe").set(Column.MEMORY_USED_BYTES, value(round));
        return new ReadingsCodec().encode(readings);
    }

    /** What {@code nvidia_gpu_memory_used_bytes} is in a round. */
    static long value(int round) {
        return 1_000_000_000L + round;
    }
}
