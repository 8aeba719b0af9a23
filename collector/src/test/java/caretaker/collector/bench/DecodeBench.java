package caretaker.collector.bench;

import caretaker.collector.state.Fleet;
import caretaker.collector.state.FleetLimits;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** CPU time for one record: decoding alone, and with the state. */
final class DecodeBench {
    private static final int HOSTS = 1000;
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private DecodeBench() {}

    public static void main(String[] args) {
        int hosts = args.length > 0 ? Integer.parseInt(args[0]) : HOSTS;
        var made = new BenchFleet();
        int sequences = 20;
        byte[][] values = new byte[hosts * sequences][];
        long bytes = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = made.record(i % hosts, 1 + i / hosts);
            bytes += values[i].length;
        }
        System.out.println(bytes / values.length + " bytes");
        for (int round = 0; round < 15; round++) {
            var codec = new ReadingsCodec();
            var into = new Readings[hosts];
            for (int i = 0; i < hosts; i++) {
                into[i] = new Readings();
            }
            long start = CPU.getCurrentThreadCpuTime();
            for (int i = 0; i < values.length; i++) {
                codec.decode(values[i], into[i % hosts]);
            }
            long decoded = CPU.getCurrentThreadCpuTime();
            for (int i = 0; i < values.length; i++) {
                codec.decode(values[i], into[0]);
            }
            long shared = CPU.getCurrentThreadCpuTime();
            for (int i = 0; i < values.length; i++) {
                codec.decode(values[i % 8 * hosts], into[0]);
            }
            long same = CPU.getCurrentThreadCpuTime();
            var fleet = new Fleet(FleetLimits.DEFAULT);
            for (int i = 0; i < values.length; i++) {
                fleet.take(0, values[i], 0);
            }
            long taken = CPU.getCurrentThreadCpuTime();
            System.out.printf(
                    "decode %.2f us, into one %.2f us, the same %.2f us, take %.2f us%n",
                    (decoded - start) / 1e3 / values.length,
                    (shared - decoded) / 1e3 / values.length,
                    (same - shared) / 1e3 / values.length,
                    (taken - same) / 1e3 / values.length);
        }
    }
}
