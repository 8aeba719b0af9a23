package caretaker.alerts.routing;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is done for one receiver that Alertmanager's file has no words for.
 *
 * @param flushWhenAllResolved whether a group that was flushed before is flushed as soon as all of it is over
 * @param sendResolvedWhenSilenced whether the end of what was told as firing is told under a silence, too
 * @param repeatIntervalFactor by which {@code repeat_interval} grows with each repeat of what did not change; 1 or more
 * @param maxRepeatInterval how far it grows; a longer {@code repeat_interval} stays as it is
 * @param slackReplyInThread whether a bot's later messages of an incident are replies to its first one
 */
public record ReceiverOptions(
        boolean flushWhenAllResolved,
        boolean sendResolvedWhenSilenced,
        double repeatIntervalFactor,
        Duration maxRepeatInterval,
        boolean slackReplyInThread) {
    /** Nothing of it: as Alertmanager does. */
    public static final ReceiverOptions NONE = new ReceiverOptions(false, false, 1, Duration.ofDays(1), false);

    public ReceiverOptions {
        if (!(repeatIntervalFactor >= 1)) {
            throw new IllegalArgumentException("a factor is 1 or more");
        }
    }

    /** Whether repeats come further and further apart. */
    public boolean backsOff() {
        return repeatIntervalFactor > 1;
    }

    /** How long after this was told it is repeated; as configured if nothing was told. */
    public Duration repeatInterval(Duration configured, @Nullable Notified last) {
        return repeatInterval(configured, last == null ? 0 : last.repeats());
    }

    /**
     * How long after it was told it is repeated.
     *
     * @param repeats how often it was repeated already
     */
    public Duration repeatInterval(Duration configured, int repeats) {
        if (!backsOff() || repeats == 0 || configured.compareTo(maxRepeatInterval) >= 0) {
            return configured;
        }
        double grown = configured.toMillis() * Math.pow(repeatIntervalFactor, repeats); // may be infinite
        return grown < maxRepeatInterval.toMillis() ? Duration.ofMillis((long) grown) : maxRepeatInterval;
    }
}
