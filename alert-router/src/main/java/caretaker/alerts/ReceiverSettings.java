package caretaker.alerts;

import caretaker.alerts.routing.ReceiverOptions;
import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one receiver has otherwise than the defaults; see {@link ReceiverOptions}. What is null is as they say.
 *
 * @param repeatIntervalFactor 1 to 10
 * @param maxRepeatInterval a minute to a week
 */
public record ReceiverSettings(
        @Nullable Boolean flushWhenAllResolved,
        @Nullable Boolean sendResolvedWhenSilenced,

        @Range(min = "1", max = "10") @Nullable Double repeatIntervalFactor,

        @Range(min = "1m", max = "7d") @Nullable Duration maxRepeatInterval,

        @Nullable Boolean slackReplyInThread) {

    /** What every receiver has that says nothing else: as in Alertmanager, unless a file says otherwise. */
    public record Defaults(
            @Default("false") boolean flushWhenAllResolved,
            @Default("false") boolean sendResolvedWhenSilenced,

            @Default("1") @Range(min = "1", max = "10") double repeatIntervalFactor,

            @Default("1d") @Range(min = "1m", max = "7d") Duration maxRepeatInterval,

            @Default("false") boolean slackReplyInThread) {

        ReceiverOptions options() {
            return new ReceiverOptions(
                    flushWhenAllResolved,
                    sendResolvedWhenSilenced,
                    repeatIntervalFactor,
                    maxRepeatInterval,
                    slackReplyInThread);
        }
    }

    ReceiverOptions options(Defaults defaults) {
        return new ReceiverOptions(
                either(flushWhenAllResolved, defaults.flushWhenAllResolved()),
                either(sendResolvedWhenSilenced, defaults.sendResolvedWhenSilenced()),
                either(repeatIntervalFactor, defaults.repeatIntervalFactor()),
                either(maxRepeatInterval, defaults.maxRepeatInterval()),
                either(slackReplyInThread, defaults.slackReplyInThread()));
    }

    private static <T> T either(@Nullable T own, T common) {
        return own == null ? common : own;
    }
}
