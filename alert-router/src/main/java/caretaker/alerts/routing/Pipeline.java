package caretaker.alerts.routing;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a flush comes to: inhibition, active times, mute times and silences take alerts out, in this order; then each
 * integration of the receiver is asked whether it was told already.
 *
 * @param integrations those of a receiver, by its name
 */
public record Pipeline(
        Inhibitor inhibitor, TimeMutes times, Silences silences, Function<String, List<Integration>> integrations) {

    /** Where the notification log is looked up. */
    public interface Log {
        /** What the integration was told of the group; null if nothing is known. */
        @Nullable Notified last(GroupId group, Integration integration);
    }

    /** Why alerts were kept back, with Alertmanager's word for it. */
    public enum Suppression {
        INHIBITION("inhibition"),
        ACTIVE_TIME("active_time_interval"),
        MUTE_TIME("mute_time_interval"),
        SILENCE("silence");

        private final String word;

        Suppression(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /**
     * The plan of a flush. Without steps it is done and successful.
     *
     * @param suppressed how many alerts each stage took out
     * @param mutedBy names of the time intervals that keep the whole group quiet
     */
    public record Plan(Flush flush, List<Step> steps, Map<Suppression, Integer> suppressed, List<String> mutedBy) {}

    /** What one integration has to do. */
    public sealed interface Step {
        Integration integration();

        Reason reason();

        /** To be remembered when the step is done. */
        Set<Fingerprint> firing();

        Set<Fingerprint> resolved();

        /**
         * Send these alerts.
         *
         * @param alerts without the resolved ones where they are not wanted
         */
        record Send(
                Integration integration,
                Reason reason,
                List<Alert> alerts,
                Set<Fingerprint> firing,
                Set<Fingerprint> resolved)
                implements Step {}

        /** Send nothing, since ends are not wanted, but remember that nothing fires any more. */
        record Remember(Integration integration, Reason reason, Set<Fingerprint> firing, Set<Fingerprint> resolved)
                implements Step {}
    }

    public Plan plan(Flush flush, Log log) {
        Map<Suppression, Integer> suppressed = new EnumMap<>(Suppression.class);
        List<Alert> left = new ArrayList<>(flush.alerts());
        drop(
                left,
                alert -> inhibitor.inhibiting(alert.labels(), flush.tick()).isPresent(),
                Suppression.INHIBITION,
                suppressed);
        List<String> mutedBy = left.isEmpty() ? List.of() : mute(flush, left, suppressed);
        drop(
                left,
                alert -> !silences.silencing(alert.labels(), flush.tick()).isEmpty(),
                Suppression.SILENCE,
                suppressed);
        List<Step> steps = new ArrayList<>();
        if (!left.isEmpty()) {
            Flush rest = flush.withAlerts(left);
            for (Integration integration : integrations.apply(flush.route().receiver())) {
                step(rest, integration, log.last(flush.id(), integration)).ifPresent(steps::add);
            }
        }
        return new Plan(flush.withAlerts(left), steps, suppressed, mutedBy);
    }

    private List<String> mute(Flush flush, List<Alert> left, Map<Suppression, Integer> suppressed) {
        List<String> inactive = times.inactiveBecauseOf(flush.route(), flush.tick());
        if (!inactive.isEmpty()) {
            drop(left, alert -> true, Suppression.ACTIVE_TIME, suppressed);
            return inactive;
        }
        List<String> muted = times.mutedBy(flush.route(), flush.tick());
        if (!muted.isEmpty()) {
            drop(left, alert -> true, Suppression.MUTE_TIME, suppressed);
        }
        return muted;
    }

    private static void drop(
            List<Alert> alerts, Predicate<Alert> quiet, Suppression why, Map<Suppression, Integer> suppressed) {
        int before = alerts.size();
        alerts.removeIf(quiet);
        if (alerts.size() < before) {
            suppressed.merge(why, before - alerts.size(), Integer::sum);
        }
    }

    /**
     * What one integration has to do about alerts that nothing keeps quiet.
     *
     * @param last what it was told before; null if nothing
     */
    public static Optional<Step> step(Flush flush, Integration integration, @Nullable Notified last) {
        Set<Fingerprint> firing = new LinkedHashSet<>();
        Set<Fingerprint> resolved = new LinkedHashSet<>();
        List<Alert> wanted = new ArrayList<>();
        for (Alert alert : flush.alerts()) {
            boolean over = flush.isResolved(alert);
            (over ? resolved : firing).add(alert.fingerprint());
            if (!over || integration.sendResolved()) {
                wanted.add(alert);
            }
        }
        Optional<Reason> reason = Reason.toNotify(
                last,
                firing,
                resolved,
                integration.sendResolved(),
                flush.route().options().repeatInterval(),
                flush.tick());
        return reason.map(why -> wanted.isEmpty()
                ? new Step.Remember(integration, why, firing, resolved)
                : new Step.Send(integration, why, wanted, firing, resolved));
    }
}
