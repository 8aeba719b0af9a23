package caretaker.alerts.delivery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How hard it is tried.
 *
 * @param retryFor how long after its first attempt a message is given up
 * @param retention the longest that what was told is remembered
 * @param fallback null if nobody is told instead
 */
public record DeliverySettings(
        Duration retryFor, Duration retention, @Nullable Fallback fallback) {

    /**
     * Who is told instead.
     *
     * @param after how long a receiver has to fail first; one that refuses for good needs no time
     */
    public record Fallback(String receiver, Duration after) {}
}
