package caretaker.collector.scrape;

import java.time.Duration;

/**
 * What scrapes may take.
 *
 * @param atOnce scrapes rendered at the same time, each on a thread with a copy of the fleet
 * @param waiting scrapes that may wait for that; one more is told to come back
 * @param waitLimit how long one waits before it is told to come back
 * @param stallLimit a client that takes nothing for so long is cut off
 */
public record ScrapeLimits(int atOnce, int waiting, Duration waitLimit, Duration stallLimit) {
    public static final ScrapeLimits DEFAULT = new ScrapeLimits(2, 16, Duration.ofSeconds(5), Duration.ofSeconds(10));
}
