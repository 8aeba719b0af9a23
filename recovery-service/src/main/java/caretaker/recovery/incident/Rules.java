package caretaker.recovery.incident;

import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How boldly repairs are made. The defaults are for hosts that nobody watches.
 *
 * @param dryRun whether nothing is ever done, only told
 * @param maxEventAge an older failure is not acted on
 * @param maxAhead an event that claims to be further in the future than this has a wrong clock
 * @param newsAge what exited before that, and nobody told of, stays as it is
 * @param correlation failures within this time may have one cause
 * @param dependentGrace how long a container may take to recover once the one it needs is well
 * @param backoffBase the wait after the first attempt that did not help; it doubles
 * @param backoffCap the longest wait
 * @param budget attempts within {@code budgetWindow}; one more is a quarantine
 * @param forgetAfter so long well, and the attempts are forgotten
 * @param flaps changes between well and unwell within {@code flapWindow} that make a container flap
 * @param hostActions actions on this host within {@code rateWindow}
 * @param clusterActions actions on all hosts within {@code rateWindow}, as far as the topic tells
 * @param breakerFloor containers repaired within {@code breakerWindow} that are never too many; with that window and
 *     {@code hostActions}, more than that are possible
 * @param breakerPercent of the managed containers; more than both opens the breaker. The same two numbers hold for the
 *     hosts of the cluster on which something was repaired
 * @param concurrent actions at a time
 * @param hostHold how long a host counts as ill after something that has no end of its own
 * @param verifyEvery how often a repaired container is looked at until it is believed
 * @param settleEvery how often a container is looked at after an answer of the engine is missing
 * @param fixPermissions whether the files of a volume may be given to another user, where a playbook says so
 * @param quarantineTtl when a quarantine ends by itself; null: never
 */
public record Rules(
        @Default("false") boolean dryRun,
        @Default("5m") @Range(min = "1s") Duration maxEventAge,

        @Default("2m") @Range(min = "0s") Duration maxAhead,

        @Default("1d") @Range(min = "1m") Duration newsAge,

        @Default("30s") @Range(min = "0s") Duration correlation,

        @Default("15s") @Range(min = "0s") Duration dependentGrace,

        @Default("10s") @Range(min = "100ms") Duration backoffBase,

        @Default("5m") @Range(min = "100ms") Duration backoffCap,

        @Default("5") @Range(min = "1", max = "50") int budget,

        @Default("30m") @Range(min = "1s") Duration budgetWindow,

        @Default("10m") @Range(min = "1s") Duration forgetAfter,

        @Default("4") @Range(min = "2", max = "50") int flaps,

        @Default("10m") @Range(min = "1s") Duration flapWindow,

        @Default("3") @Range(min = "1") int hostActions,

        @Default("10") @Range(min = "1") int clusterActions,

        @Default("5m") @Range(min = "1s") Duration rateWindow,

        @Default("3") @Range(min = "1") int breakerFloor,

        @Default("50") @Range(min = "1", max = "100") int breakerPercent,

        @Default("15m") @Range(min = "1s") Duration breakerWindow,

        @Default("1") @Range(min = "1", max = "16") int concurrent,

        @Default("10m") @Range(min = "1s") Duration hostHold,

        @Default("500ms") @Range(min = "100ms") Duration verifyEvery,

        @Default("2s") @Range(min = "100ms") Duration settleEvery,

        @Default("false") boolean fixPermissions,
        @Nullable Duration quarantineTtl) {

    /** How far back what other hosts have begun matters. */
    public Duration elsewhere() {
        Duration longest = rateWindow.compareTo(breakerWindow) < 0 ? breakerWindow : rateWindow;
        return longest.compareTo(Neighbours.LONGEST) < 0 ? Neighbours.LONGEST : longest;
    }

    public Rules {
        if (backoffCap.compareTo(backoffBase) < 0) {
            throw new IllegalArgumentException("backoff-cap is below backoff-base");
        }
    }
}
