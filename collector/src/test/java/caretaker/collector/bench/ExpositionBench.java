package caretaker.collector.bench;

import caretaker.collector.exposition.Exposition;
import caretaker.collector.exposition.Format;
import caretaker.collector.state.Fleet;
import caretaker.collector.state.FleetLimits;
import caretaker.collector.state.Snapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** How long one core takes to copy 8,000 GPUs and write their 320,000 series, without any network. */
final class ExpositionBench {
    private static final int HOSTS = 1000;
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private ExpositionBench() {}

    public static void main(String[] args) throws IOException {
        var fleet = new Fleet(FleetLimits.DEFAULT);
        var made = new BenchFleet();
        for (int sequence = 1; sequence <= 3; sequence++) {
            for (int host = 0; host < HOSTS; host++) {
                fleet.take(0, made.record(host, sequence), 0);
            }
        }
        for (Format format : Format.values()) {
            var exposition = new Exposition(format);
            var snapshot = new Snapshot();
            for (int round = 0; round < 20; round++) {
                var counted = new Counting();
                long start = CPU.getCurrentThreadCpuTime();
                fleet.copyTo(snapshot, 0);
                long copied = CPU.getCurrentThreadCpuTime();
                long series = exposition.write(snapshot, counted);
                long end = CPU.getCurrentThreadCpuTime();
                if (round % 5 == 4 || round == 0) {
                    System.out.printf(
                            "%-12s %d series %.1f MB copy %.1f ms write %.1f ms of CPU%n",
                            format, series, counted.bytes / 1e6, (copied - start) / 1e6, (end - copied) / 1e6);
                }
            }
        }
    }

    private static final class Counting extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            bytes += length;
        }
    }
}
