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
 * @param options what is done for a receiver beyond that, by its name
 */
public record Pipeline(
        Inhibitor inhibitor,
        TimeMutes times,
        Silences silences,
        Function<String, List<Integration>> integrations,
        Function<String, ReceiverOptions> options) {

    /** One for receivers that are told as Alertmanager tells them. */
    public Pipeline(
            Inhibitor inhibitor, TimeMutes times, Silences silences, Function<String, List<Integration>> integrations) {
        this(inhibitor, times, silences, integrations, _ -> ReceiverOptions.NONE);
    }

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
     * @param flush with the alerts that nothing keeps quiet
     * @param silenced the alerts that silences took out
     * @param suppressed how many alerts each stage took out, and nobody is told of
     * @param mutedBy names of the time intervals that keep the whole group quiet
     */
    public record Plan(
            Flush flush,
            List<Alert> silenced,
            List<Step> steps,
            Map<Suppression, Integer> suppressed,
            List<String> mutedBy) {}

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
        List<Alert> silenced = new ArrayList<>();
        left.removeIf(alert -> !silences.silencing(alert.labels(), flush.tick()).isEmpty() && silenced.add(alert));
        Flush rest = flush.withAlerts(left);
        List<Step> steps = new ArrayList<>();
        for (Integration integration : integrations.apply(flush.route().receiver())) {
            step(rest, silenced, integration, log.last(flush.id(), integration)).ifPresent(steps::add);
        }
        List<Alert> quiet = new ArrayList<>(silenced);
        drop(
                quiet,
                alert -> steps.stream().noneMatch(step -> step.resolved().contains(alert.fingerprint())),
                Suppression.SILENCE,
                suppressed);
        return new Plan(rest, silenced, steps, suppressed, mutedBy);
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
     * What one integration has to do about alerts that nothing keeps quiet, and about the ends of those that silences
     * do and that it was told of, where it wants them.
     *
     * @param last what it was told before; null if nothing
     */
    public Optional<Step> step(Flush audible, List<Alert> silenced, Integration integration, @Nullable Notified last) {
        ReceiverOptions wants = options.apply(integration.receiver());
        Flush flush = audible;
        if (wants.sendResolvedWhenSilenced() && last != null && !last.isExpired(flush.tick())) {
            flush = withEnds(audible, silenced, last);
        }
        if (flush.alerts().isEmpty()) {
            return Optional.empty();
        }
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
                wants.repeatInterval(flush.route().options().repeatInterval(), last),
                flush.tick());
        return reason.map(why -> wanted.isEmpty()
                ? new Step.Remember(integration, why, firing, resolved)
                : new Step.Send(integration, why, wanted, firing, resolved));
    }

    private static Flush withEnds(Flush flush, List<Alert> silenced, Notified last) {
        List<Alert> all = new ArrayList<>(flush.alerts());
        silenced.stream()
                .filter(alert -> flush.isResolved(alert) && last.owesEnd(alert.fingerprint()))
                .forEach(all::add);
        all.sort(Alert.ORDER);
        return flush.withAlerts(all);
    }
}
