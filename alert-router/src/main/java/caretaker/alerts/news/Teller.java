package caretaker.alerts.news;

import caretaker.alerts.builtin.Fold;
import caretaker.alerts.builtin.HostWatch;
import caretaker.alerts.builtin.Subject;
import caretaker.alerts.builtin.Told;
import caretaker.alerts.builtin.Undelivered;
import caretaker.alerts.builtin.Wanted;
import caretaker.alerts.routing.Alert;
import caretaker.chassis.Logs;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the router's alerts in line with what should fire. Owned by one thread; the router answers on others. */
final class Teller {
    private static final Logger LOGGER = LoggerFactory.getLogger(Teller.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /** Somebody may have posted one of our alerts: what the router has is read again. */
    private static final Duration BEGIN_EVERY = Duration.ofMinutes(1);

    private final Fold fold;
    private final HostWatch hosts;
    private final AlertDesk desk;
    private final Told told = new Told();
    private final Undelivered undelivered = new Undelivered();

    private @Nullable CompletableFuture<Optional<List<Alert>>> reading;
    private @Nullable CompletableFuture<?> posting;
    private Told.Plan plan = new Told.Plan(List.of(), List.of());
    private boolean adopted;
    private boolean begun;
    private boolean changed;
    private Instant beginAt = Instant.MIN;
    private Instant lookAt = Instant.MIN;

    // Read by the metrics.
    private volatile int firing;
    private volatile int silent;
    private volatile int known;
    private volatile long dropped;

    Teller(Fold fold, HostWatch hosts, AlertDesk desk, MeterRegistry registry) {
        this.fold = fold;
        this.hosts = hosts;
        this.desk = desk;
        gauge("caretaker.alert.router.builtin.firing", "Built-in alerts that fire", this, t -> t.firing, registry);
        gauge("caretaker.alert.router.hosts.known", "Hosts that were heard", this, t -> t.known, registry);
        gauge("caretaker.alert.router.hosts.silent", "Hosts that have fallen silent", this, t -> t.silent, registry);
        FunctionCounter.builder("caretaker.alert.router.builtin.dropped", this, t -> t.dropped)
                .description("Built-in alerts and hosts that there was no room for")
                .register(registry);
    }

    private static void gauge(
            String name,
            String description,
            Teller teller,
            java.util.function.ToDoubleFunction<Teller> value,
            MeterRegistry registry) {
        Gauge.builder(name, teller, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /** Something may have to be said: the next look is at once. */
    void changed() {
        changed = true;
    }

    /** Does what is due. Never waits. */
    void tick(Instant now) {
        if (isBusy(now) || (!changed && now.isBefore(lookAt) && !now.isBefore(lookAt.minus(LOOK_EVERY)))) {
            return;
        }
        changed = false;
        lookAt = now.plus(LOOK_EVERY);
        if (!adopted || (desk.leads() && (!begun || !now.isBefore(beginAt)))) {
            reading = desk.firing();
            changed = true;
            return;
        }
        undelivered.changes(desk.undelivered(), now).forEach(change -> fold.take(change, now));
        hosts.look(now);
        List<Wanted> wanted = fold.firing(now);
        wanted.removeIf(alert -> hosts.isForgotten(alert.subject().host(), now));
        List<Wanted> quiet = hosts.firing();
        wanted.addAll(quiet);
        firing = wanted.size();
        silent = quiet.size();
        known = hosts.size();
        dropped = fold.dropped() + hosts.dropped();
        if (!desk.leads()) {
            begun = false;
            return;
        }
        Predicate<Subject> undecided = subject -> hosts.isUndecided(subject.host(), now);
        plan = told.plan(wanted, undecided, now);
        if (!plan.isEmpty()) {
            posting = desk.post(plan);
        }
    }

    /** Takes what was waited for, if it is there. */
    private boolean isBusy(Instant now) {
        if (reading != null) {
            if (!reading.isDone()) {
                return true;
            }
            begin(reading, now);
            reading = null;
        }
        if (posting != null) {
            if (!posting.isDone()) {
                return true;
            }
            if (succeeded(posting)) {
                told.done(plan, now);
                changed = true; // there may be more than one plan's worth
            }
            posting = null;
        }
        return false;
    }

    private void begin(CompletableFuture<Optional<List<Alert>>> answer, Instant now) {
        Optional<List<Alert>> ours = succeeded(answer) ? answer.join() : Optional.empty();
        if (ours.isEmpty()) {
            changed = false; // asked again at the next look
            return;
        }
        if (!adopted) {
            fold.adopt(ours.get(), now);
            hosts.adopt(ours.get());
            adopted = true;
        }
        told.begin(ours.get());
        begun = true;
        beginAt = now.plus(BEGIN_EVERY);
    }

    private static boolean succeeded(CompletableFuture<?> answer) {
        try {
            answer.join();
            return true;
        } catch (CompletionException | java.util.concurrent.CancellationException e) {
            LOGGER.atWarn()
                    .addMarker(Logs.REPEATABLE)
                    .addKeyValue("reason", String.valueOf(e.getCause()))
                    .log("built-in alerts are not told yet, trying again");
            return false;
        }
    }
}
