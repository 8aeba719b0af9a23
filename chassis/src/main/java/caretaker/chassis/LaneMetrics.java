package caretaker.chassis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** What a {@link Lane} counts: the records of one topic, by what became of them. */
record LaneMetrics(Counter sent, Counter dropped, Counter refused, Counter rejected, Counter failed, Timer delay) {
    static LaneMetrics of(MeterRegistry registry, String topic) {
        return new LaneMetrics(
                outcome(registry, topic, "sent"),
                outcome(registry, topic, "dropped"),
                outcome(registry, topic, "refused"),
                outcome(registry, topic, "rejected"),
                Counter.builder("caretaker.outbox.failures")
                        .description("Attempts to send a record that failed; it is tried again")
                        .tag("topic", topic)
                        .register(registry),
                Timer.builder("caretaker.outbox.delay")
                        .description("Time from the offer of a record to its acknowledgement")
                        .tag("topic", topic)
                        .register(registry));
    }

    private static Counter outcome(MeterRegistry registry, String topic, String outcome) {
        return Counter.builder("caretaker.outbox.records")
                .description("Records offered, by what became of them")
                .tag("topic", topic)
                .tag("outcome", outcome)
                .register(registry);
    }
}
