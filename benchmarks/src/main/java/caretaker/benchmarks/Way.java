package caretaker.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** How one event came from its source into a consumer's hands. Milliseconds. */
record Way(double toAgent, double toConsumer) {
    /** @param happened by the source's own clock, which is this machine's */
    static Way of(Instant happened, HealthFeed.Arrival arrival) {
        return new Way(
                millis(happened, arrival.event().time()), millis(arrival.event().time(), arrival.at()));
    }

    static double millis(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }

    double whole() {
        return toAgent + toConsumer;
    }

    static List<Double> whole(List<Way> ways) {
        return ways.stream().map(Way::whole).toList();
    }

    /** Where the time was spent, and beside it what it takes without us. */
    static String note(List<Way> ways, String peer, List<Double> peers) {
        return Percentile.note(whole(ways)) + "; until the agent made the event "
                + Percentile.pair(ways.stream().map(Way::toAgent).toList()) + ", from there "
                + Percentile.pair(ways.stream().map(Way::toConsumer).toList()) + ", " + peer + " "
                + Percentile.pair(peers) + " (median and p99)";
    }
}
