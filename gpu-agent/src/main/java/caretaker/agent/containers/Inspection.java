package caretaker.agent.containers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * All that the engine tells of one container when it is asked for it by id.
 *
 * @param pid of its first process, as the engine's host counts; 0 while it does not run
 * @param finishedAt when its last run ended; null if none has
 * @param oomKilled whether the kernel killed a process of the last run for want of memory
 * @param error why the engine could not start it; empty if it could
 * @param lastCheck the newest run of its health check; null if there was none
 * @param policy what the engine does when it exits: {@code no}, {@code always}, {@code on-failure}, ...
 * @param removedAtExit made with {@code --rm}
 * @param stopSignal by which it asks to be stopped, as it was written: {@code SIGQUIT}, {@code 3}; empty: SIGTERM
 * @param memoryLimit bytes; 0: none
 */
public record Inspection(
        ContainerState state,
        long pid,
        @Nullable Instant finishedAt,
        boolean oomKilled,
        String error,
        @Nullable Check lastCheck,
        String policy,
        boolean removedAtExit,
        String stopSignal,
        long memoryLimit) {

    /**
     * One run of a health check.
     *
     * @param failingStreak how many have failed without a break, this one among them
     * @param output what it printed
     */
    public record Check(int failingStreak, long exitCode, String output) {}
}
