package caretaker.chassis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.ToDoubleFunction;

/**
 * The numbers of one {@link PollLoop}. Every record that was read is counted once under one outcome: done, quarantined,
 * or retried, in which case it is read again. A handler that threw is counted besides, as failed.
 */
final class PollMetrics {
    private final Counter done;
    private final Counter quarantined;
    private final Counter retried;
    private final Counter failed;
    private final Counter commitsRefused;
    private final Timer batches;
    private final InstantSource clock;
    private volatile Instant lastPoll;
    private volatile long lag;
    private volatile int assigned;
    private volatile int paused;

    PollMetrics(String loop, MeterRegistry registry, InstantSource clock) {
        this.clock = clock;
        this.lastPoll = clock.instant();
        done = outcome(registry, loop, "done");
        quarantined = outcome(registry, loop, "quarantined");
        retried = outcome(registry, loop, "retried");
        failed = Counter.builder("caretaker.poll.handler.failures")
                .description("Handlers that threw; the record went to quarantine")
                .tag("loop", loop)
                .register(registry);
        commitsRefused = Counter.builder("caretaker.poll.commit.failures")
                .description("Commits that the broker refused or did not answer")
                .tag("loop", loop)
                .register(registry);
        batches = Timer.builder("caretaker.poll.batch")
                .description("Time from the records of a poll to their effects")
                .tag("loop", loop)
                .register(registry);
        gauge(
                registry,
                loop,
                "caretaker.poll.lag.records",
                "Records not yet read in the assigned partitions",
                m -> m.lag);
        gauge(registry, loop, "caretaker.poll.assigned.partitions", "Partitions this member owns", m -> m.assigned);
        gauge(registry, loop, "caretaker.poll.paused.partitions", "Partitions that rest after a retry", m -> m.paused);
        gauge(registry, loop, "caretaker.poll.age.seconds", "Time since the last poll", PollMetrics::age);
    }

    private static Counter outcome(MeterRegistry registry, String loop, String outcome) {
        return Counter.builder("caretaker.poll.records")
                .description("Records read, by what became of them")
                .tag("loop", loop)
                .tag("outcome", outcome)
                .register(registry);
    }

    private void gauge(
            MeterRegistry registry, String loop, String name, String description, ToDoubleFunction<PollMetrics> value) {
        Gauge.builder(name, this, value)
                .description(description)
                .tag("loop", loop)
                .strongReference(true)
                .register(registry);
    }

    private double age() {
        return Duration.between(lastPoll, clock.instant()).toMillis() / 1000.0;
    }

    void polled() {
        lastPoll = clock.instant();
    }

    void batch(Runnable work) {
        batches.record(work);
    }

    void done(int records) {
        done.increment(records);
    }

    void quarantined() {
        quarantined.increment();
    }

    void retried(int records) {
        retried.increment(records);
    }

    void failed() {
        failed.increment();
    }

    void commitRefused() {
        commitsRefused.increment();
    }

    void position(int assignedPartitions, int pausedPartitions, long lagRecords) {
        assigned = assignedPartitions;
        paused = pausedPartitions;
        lag = lagRecords;
    }

    int assigned() {
        return assigned;
    }
}
