package caretaker.agent.probe;

import caretaker.agent.probe.Expectation.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Decides from verdicts in a row whether a probe's condition is raised. Where a program is only assumed to answer, and
 * has never done so, that nobody is there is no failure of it. Not safe for several threads.
 */
final class ProbeRule {
    private final ProbeSpec spec;
    private boolean isFound;
    private int failures;
    private int successes;
    private boolean isRaised;
    private boolean lacksGpu;
    private String reason = "";
    private @Nullable Instant startingSince;

    /** @param hasAnswered whether it is known to have been well before */
    ProbeRule(ProbeSpec spec, boolean hasAnswered) {
        this.spec = spec;
        isFound = hasAnswered || !spec.assumed();
    }

    /** Takes the next verdict; {@code startedAt} is that of the container, null for a probe without one. */
    void take(Verdict verdict, @Nullable Instant startedAt, Instant now) {
        if (!(verdict instanceof Verdict.Starting)) {
            startingSince = null;
        } else if (startingSince == null) {
            startingSince = now;
        }
        switch (verdict) {
            case Verdict.Well _ -> {
                isFound = true;
                failures = 0;
                successes++;
                isRaised &= successes < spec.successes();
            }
            case Verdict.Starting(String why) -> {
                Instant since = startedAt == null ? startingSince : startedAt;
                if (since == null || !now.isBefore(since.plus(spec.startupGrace()))) {
                    failed(why, false);
                }
            }
            case Verdict.Bad(String why, boolean elsewhere) -> {
                if (isFound || !elsewhere) {
                    failedAfterGrace(why, false, startedAt, now);
                }
            }
            case Verdict.NoGpu(String why) -> failedAfterGrace(why, true, startedAt, now);
        }
    }

    private void failedAfterGrace(String why, boolean noGpu, @Nullable Instant startedAt, Instant now) {
        if (startedAt == null || now.isAfter(startedAt.plus(spec.grace()))) {
            failed(why, noGpu);
        }
    }

    private void failed(String why, boolean noGpu) {
        successes = 0;
        failures = Math.min(failures + 1, 1_000_000);
        lacksGpu = noGpu;
        reason = why;
        isRaised |= failures >= spec.failures();
    }

    boolean isRaised() {
        return isRaised;
    }

    /** Whether the newest failure was that the program does not reach its GPUs. */
    boolean lacksGpu() {
        return isRaised && lacksGpu;
    }

    int failures() {
        return failures;
    }

    /** Why it failed last. */
    String reason() {
        return reason;
    }
}
