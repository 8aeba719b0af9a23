package caretaker.alerts.builtin;

import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.Fingerprint;
import caretaker.alerts.routing.PostedAlert;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which of our alerts the router has, and how they differ from those it should have. Not safe for several threads. */
public final class Told {
    /** How long an alert fires that nobody repeats: as long as its topic keeps it. */
    static final Duration KEPT = Duration.ofDays(14);

    /** An alert that still fires is said again so often, so that its topic never loses it. */
    static final Duration AGAIN_AFTER = Duration.ofDays(1);

    /** Alerts of one plan; the rest is for the next. */
    static final int MAX_BATCH = 500;

    private final Map<Fingerprint, Entry> told = new HashMap<>();

    private record Entry(Wanted alert, Instant at) {}

    /**
     * What is to be said.
     *
     * @param fire what fires, is new, or says something else
     * @param over what fires no more
     */
    public record Plan(List<Wanted> fire, List<Wanted> over) {
        public boolean isEmpty() {
            return fire.isEmpty() && over.isEmpty();
        }

        /** The same as alerts that anybody could have posted. */
        public List<PostedAlert> posts(Instant now) {
            List<PostedAlert> posts = new ArrayList<>(fire.size() + over.size());
            fire.forEach(alert -> posts.add(post(alert, now, now.plus(KEPT))));
            over.forEach(alert -> posts.add(post(alert, now, now)));
            return posts;
        }

        private static PostedAlert post(Wanted alert, Instant now, Instant endsAt) {
            Instant startsAt = alert.startsAt().isAfter(now) ? now : alert.startsAt();
            return new PostedAlert(alert.labels().asMap(), alert.annotations().asMap(), startsAt, endsAt, "");
        }
    }

    /** Begins anew with what the router has. */
    public void begin(Collection<Alert> firing) {
        told.clear();
        for (Alert alert : firing) {
            Subject.of(alert)
                    .ifPresent(subject ->
                            told.put(alert.fingerprint(), new Entry(Wanted.of(subject, alert), alert.updatedAt())));
        }
    }

    /**
     * What is to be said now, at most {@link #MAX_BATCH} alerts. It is said again until {@link #done}.
     *
     * @param undecided of whom nothing may begin or end to fire
     */
    public Plan plan(Collection<Wanted> wanted, Predicate<Subject> undecided, Instant now) {
        Map<Fingerprint, Wanted> byLabels = new HashMap<>();
        for (Wanted alert : wanted) {
            byLabels.merge(
                    alert.labels().fingerprint(),
                    alert,
                    (one, other) -> one.startsAt().isAfter(other.startsAt()) ? one : other);
        }
        List<Wanted> fire = new ArrayList<>();
        List<Wanted> over = new ArrayList<>();
        told.forEach((fingerprint, entry) -> {
            Subject subject = entry.alert().subject();
            if (over.size() < MAX_BATCH && !byLabels.containsKey(fingerprint) && !undecided.test(subject)) {
                over.add(entry.alert());
            }
        });
        byLabels.forEach((fingerprint, alert) -> {
            if (fire.size() + over.size() < MAX_BATCH && isNews(alert, told.get(fingerprint), undecided, now)) {
                fire.add(alert);
            }
        });
        return new Plan(fire, over);
    }

    private static boolean isNews(Wanted alert, @Nullable Entry known, Predicate<Subject> undecided, Instant now) {
        if (known == null) {
            return !undecided.test(alert.subject());
        }
        return !known.alert().annotations().equals(alert.annotations())
                || !now.isBefore(known.at().plus(AGAIN_AFTER));
    }

    /** The plan is carried out. */
    public void done(Plan plan, Instant now) {
        plan.over().forEach(alert -> told.remove(alert.labels().fingerprint()));
        plan.fire().forEach(alert -> told.put(alert.labels().fingerprint(), new Entry(alert, now)));
    }

    /** Our alerts that fire. */
    public int size() {
        return told.size();
    }
}
