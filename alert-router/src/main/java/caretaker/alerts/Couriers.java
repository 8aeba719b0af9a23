package caretaker.alerts;

import caretaker.alerts.api.DeliveryApi;
import caretaker.alerts.bus.Ledger;
import caretaker.alerts.config.AlertmanagerConfig;
import caretaker.alerts.config.Receiver;
import caretaker.alerts.delivery.Letter;
import caretaker.alerts.delivery.Outlet;
import caretaker.alerts.receivers.Gate;
import caretaker.alerts.receivers.Notification;
import caretaker.alerts.receivers.Outcome;
import caretaker.alerts.receivers.Receivers;
import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.Reason;
import caretaker.alerts.routing.ReceiverOptions;
import caretaker.alerts.routing.Retry.Failure;
import caretaker.alerts.state.Desk;
import caretaker.alerts.template.Templates;
import caretaker.contracts.NotificationEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries letters out: puts them on the bus, renders and sends them on virtual threads, and brings the answers back to
 * the desk.
 */
final class Couriers implements Outlet, DeliveryApi.Trial, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Couriers.class);

    private static final Outcome STANDS_BY =
            Outcome.failed(new Failure.Unreachable("this instance may tell nobody anything now"));

    private final Ledger ledger;
    private final ExecutorService threads;
    private final BooleanSupplier mayAct;
    private final InstantSource clock;
    private final String externalUrl;
    private final Function<String, ReceiverOptions> options;
    private final MeterRegistry registry;
    private final Counter unrecorded;
    private final Gate.Hits hits = new Gate.Hits();

    // Guarded by this.
    private AlertmanagerConfig config;
    private Templates templates;
    private final Map<String, Receivers> open = new HashMap<>();
    private final List<Receivers> retired = new ArrayList<>();
    private boolean closed;

    private @Nullable Desk desk;

    Couriers(
            AlertFile file,
            Ledger ledger,
            ExecutorService threads,
            BooleanSupplier mayAct,
            InstantSource clock,
            String externalUrl,
            Function<String, ReceiverOptions> options,
            MeterRegistry registry) {
        this.config = file.config();
        this.templates = file.templates();
        this.ledger = ledger;
        this.threads = threads;
        this.mayAct = mayAct;
        this.clock = clock;
        this.externalUrl = externalUrl;
        this.options = options;
        this.registry = registry;
        this.unrecorded = Counter.builder("caretaker.alert.router.results.unrecorded")
                .description("Messages whose end found no room on the way to the bus; they may be sent twice")
                .register(registry);
        hits("attempts.busy", "Attempts that found no free connection to their receiver in time", hits.busy());
        hits("attempts.late", "Attempts that were ended for taking too long", hits.late());
    }

    private void hits(String name, String description, LongAdder count) {
        FunctionCounter.builder("caretaker.alert.router." + name, count, LongAdder::sum)
                .description(description)
                .register(registry);
    }

    /** Where answers go; before anything is sent. */
    void answerTo(Desk to) {
        desk = to;
    }

    /** Takes up another configuration. What is being sent is sent as it was. */
    synchronized void reload(AlertmanagerConfig changed, Templates changedTemplates) {
        config = changed;
        templates = changedTemplates;
        retired.removeIf(old -> {
            boolean idle = old.gate().inFlight() == 0;
            if (idle) {
                old.close();
            }
            return idle;
        });
        retired.addAll(open.values());
        open.clear();
    }

    @Override
    public boolean mayAct() {
        return mayAct.getAsBoolean();
    }

    @Override
    public void intend(NotificationEvent event, BiConsumer<Boolean, Instant> written) {
        ledger.intend(event).onComplete(result -> {
            if (result.failed()) {
                LOGGER.atWarn()
                        .addKeyValue("notification", event.key())
                        .addKeyValue("reason", result.cause().toString())
                        .log("not on the bus yet, so not sent yet");
            }
            answer(now -> written.accept(result.succeeded(), now));
        });
    }

    @Override
    public void record(NotificationEvent event) {
        if (!ledger.record(event)) {
            unrecorded.increment();
        }
    }

    @Override
    public void send(Letter letter, Map<String, String> remembered, Consumer<Answer> answer) {
        threads.execute(() -> {
            if (!mayAct.getAsBoolean()) { // lost since it was taken up
                answer(now -> answer.accept(new Answer(STANDS_BY, now)));
                return;
            }
            Outcome outcome = attempt(letter.integration(), letter.key().group().receiver(), () -> {
                Instant at = letter.message().since();
                return new Notification(
                        letter.key().group(),
                        LetterData.of(letter, externalUrl),
                        Reason.of(letter.message().reason()),
                        letter.message().id(),
                        at,
                        remembered);
            });
            answer(now -> answer.accept(new Answer(outcome, now)));
        });
    }

    /** One attempt, on this thread. */
    Outcome attempt(Integration integration, String receiver, java.util.function.Supplier<Notification> notification) {
        var timer = Timer.start(registry);
        Outcome outcome;
        try {
            outcome = senders(receiver).sender(integration).send(notification.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            outcome = Outcome.ours("the router stops");
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).addKeyValue("receiver", receiver).log("a message cannot be made");
            outcome = Outcome.ours("internal error: " + e.getClass().getSimpleName());
        }
        timer.stop(DeliveryMetrics.latency(integration, registry));
        return outcome;
    }

    /**
     * Sends one sample alert to each integration of a receiver, past everything that could keep it back; and its end
     * where an incident would stay open.
     */
    @Override
    public Optional<List<DeliveryApi.Tried>> send(String receiver) {
        Optional<Receiver> known = receiver(receiver);
        if (known.isEmpty()) {
            return Optional.empty();
        }
        List<DeliveryApi.Tried> tried = new ArrayList<>();
        for (Integration integration : known.get().integrations()) {
            long begun = System.nanoTime();
            Instant now = clock.instant();
            Outcome outcome = attempt(integration, receiver, () -> Sample.firing(integration, externalUrl, now));
            String error = error(outcome);
            if (integration.kind() == Integration.Kind.PAGERDUTY && outcome instanceof Outcome.Delivered) {
                Outcome end = attempt(integration, receiver, () -> Sample.over(integration, externalUrl, now));
                error = end instanceof Outcome.Delivered ? error : "the incident stays open: " + error(end);
            }
            long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
            tried.add(new DeliveryApi.Tried(integration.name(), error, millis));
        }
        return Optional.of(tried);
    }

    private static String error(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered told -> told.templateError() == null ? "" : "sent plain: " + told.templateError();
            case Outcome.Retry failed -> failed.why();
            case Outcome.Refused failed -> failed.why();
        };
    }

    private synchronized Optional<Receiver> receiver(String name) {
        return config.receiver(name);
    }

    private synchronized Receivers senders(String name) {
        if (closed) {
            throw new IllegalStateException("the router stops");
        }
        return open.computeIfAbsent(name, _ -> {
            Receiver receiver = config.receiver(name)
                    .orElseThrow(() -> new IllegalArgumentException("no receiver " + name + " any more"));
            return Receivers.of(receiver, templates, clock, options.apply(name), hits);
        });
    }

    /** Never on a thread that must not wait: the desk may be full. */
    private void answer(Consumer<Instant> what) {
        Desk to = desk;
        if (to == null || to.offer((_, now) -> what.accept(now))) {
            return;
        }
        threads.execute(() -> {
            try {
                to.hand((_, now) -> what.accept(now));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        open.values().forEach(Receivers::close);
        retired.forEach(Receivers::close);
    }
}
