package caretaker.collector.state;

import java.time.Duration;
import java.time.InstantSource;

/**
 * Milliseconds that only ever run forward, and never jump: a wall clock set back stands still here, one set forward (or
 * a machine that was suspended) counts as one step of at most {@link #MAX_STEP}.
 *
 * <p>So a jump makes no host silent and none immortal. It must be read more often than {@link #MAX_STEP}, which a poll
 * loop does. Thread-safe.
 */
public final class SteadyClock {
    static final Duration MAX_STEP = Duration.ofSeconds(5);

    private final InstantSource wall;
    private long lastWallMillis;
    private long steadyMillis;

    public SteadyClock(InstantSource wall) {
        this.wall = wall;
        lastWallMillis = wall.millis();
    }

    /** Time since this clock was made, in milliseconds. */
    public synchronized long millis() {
        long now = wall.millis();
        long step = now - lastWallMillis;
        lastWallMillis = now;
        steadyMillis += Math.clamp(step, 0, MAX_STEP.toMillis());
        return steadyMillis;
    }

    /** The place on this clock of a moment told by another clock that is trusted to say how long ago it was. */
    public synchronized long at(long wallMillis) {
        long now = millis();
        return now - Math.max(0, lastWallMillis - wallMillis);
    }
}
