package caretaker.agent.simulated;

import caretaker.contracts.Column.Tier;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import caretaker.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What one simulated host of 8 GPUs costs in one interval, encoded too; prints nanoseconds. Usage: {@code [hosts]}. */
public final class SimulatedSpeed {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int ROUNDS = 60;

    private SimulatedSpeed() {}

    public static void main(String... arguments) {
        int hosts = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000;
        var clock = new ManualClock();
        List<SimulatedSource> sources = new ArrayList<>();
        List<Readings> readings = new ArrayList<>();
        for (int i = 1; i <= hosts; i++) {
            var host = new SimulatedSource.Host("node-" + i, 8, 1, SECOND, FaultScript.NONE, "speed");
            sources.add(new SimulatedSource(host, clock, (_, _) -> {}));
            readings.add(new Readings().host("node-" + i).agentId("speed"));
        }
        var codec = new ReadingsCodec();
        long bytes = 0;
        for (int round = 0; round < ROUNDS; round++) {
            clock.advance(SECOND);
            Tier tier = round == 0 ? Tier.RARE : round % 30 == 0 ? Tier.SLOW : Tier.FAST;
            long polled = 0;
            long began = System.nanoTime();
            for (int i = 0; i < hosts; i++) {
                long hostBegan = System.nanoTime();
                sources.get(i).poll(tier, readings.get(i));
                polled += System.nanoTime() - hostBegan;
                bytes = codec.encode(readings.get(i)).length;
            }
            long all = System.nanoTime() - began;
            if (round % 10 == 9) {
                System.out.println(
                        polled / hosts + " ns polled, " + all / hosts + " ns with encoding, " + bytes + " B");
            }
        }
    }
}
