package caretaker.alerts;

import caretaker.alerts.delivery.Deliveries;
import caretaker.alerts.delivery.Observer;
import caretaker.alerts.receivers.Outcome;
import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.Pipeline;
import caretaker.alerts.routing.Retry.Failure;
import caretaker.alerts.state.Board;
import caretaker.chassis.Logs;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deliveries in numbers, under Alertmanager's names where it has one. */
final class DeliveryMetrics implements Observer {
    private static final Logger LOGGER = LoggerFactory.getLogger(DeliveryMetrics.class);

    private final MeterRegistry registry;
    private final Counter cut;

    DeliveryMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.cut = Counter.builder("caretaker.alert.router.dead.letters.cut")
                .description("Alerts whose texts a dead letter had no room for")
                .register(registry);
        for (Integration.Kind kind : Integration.Kind.values()) { // present at 0 from the start
            counter("alertmanager.notifications", "Messages that were begun", kind);
            counter("alertmanager.notification.requests", "Attempts to send", kind);
            counter("alertmanager.notification.requests.failed", "Attempts that failed", kind);
            for (String reason : new String[] {"other", "clientError", "serverError", "rateLimited", "unreachable"}) {
                failed(kind, reason);
            }
        }
        for (Pipeline.Suppression reason : Pipeline.Suppression.values()) {
            suppressed(reason);
        }
    }

    static Timer latency(Integration integration, MeterRegistry registry) {
        return Timer.builder("alertmanager.notification.latency")
                .description("How long one attempt took")
                .tag("integration", integration.kind().word())
                .serviceLevelObjectives(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(20))
                .register(registry);
    }

    /** What is there now. Read on other threads, so each value is a plain number that may be a little old. */
    void show(Deliveries deliveries, Board board) {
        gauge("caretaker.alert.router.letters", "Messages on their way", deliveries::size);
        gauge("caretaker.alert.router.letters.sending", "Messages that are being sent", deliveries::busy);
        gauge(
                "caretaker.alert.router.letters.asleep",
                "Messages that failed and will be tried again",
                deliveries::asleep);
        gauge("caretaker.alert.router.dead.letters", "Messages that could not be told", board::deadCount);
        gauge(
                "caretaker.alert.router.history",
                "Messages that the history holds",
                () -> board.history().size());
        gauge(
                "alertmanager.nflog.entries",
                "Entries of the notification log",
                () -> board.log().size());
    }

    private void gauge(String name, String description, java.util.function.Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void planned(Pipeline.Plan plan) {
        plan.suppressed().forEach((reason, count) -> suppressed(reason).increment(count));
    }

    private Counter suppressed(Pipeline.Suppression reason) {
        return Counter.builder("alertmanager.notifications.suppressed")
                .description("Alerts that were kept back")
                .tag("reason", reason.word())
                .register(registry);
    }

    private Counter counter(String name, String description, Integration.Kind kind) {
        return Counter.builder(name)
                .description(description)
                .tag("integration", kind.word())
                .register(registry);
    }

    @Override
    public void began(Integration integration) {
        counter("alertmanager.notifications", "Messages that were begun", integration.kind())
                .increment();
    }

    @Override
    public void attempted(Integration integration, Outcome outcome) {
        counter("alertmanager.notification.requests", "Attempts to send", integration.kind())
                .increment();
        if (!(outcome instanceof Outcome.Delivered)) {
            counter("alertmanager.notification.requests.failed", "Attempts that failed", integration.kind())
                    .increment();
        }
    }

    @Override
    public void late(Integration integration, Outcome last) {
        failed(integration.kind(), reason(last)).increment();
    }

    @Override
    public void cut(Integration integration, int alerts) {
        cut.increment(alerts);
        LOGGER.atWarn()
                .addMarker(Logs.REPEATABLE)
                .addKeyValue("receiver", integration.receiver())
                .addKeyValue("alerts", alerts)
                .log("a dead letter had no room for the texts of all its alerts");
    }

    @Override
    public void failed(Integration integration, Outcome last) {
        failed(integration.kind(), reason(last)).increment();
    }

    private Counter failed(Integration.Kind kind, String reason) {
        return Counter.builder("alertmanager.notifications.failed")
                .description("Messages that were given up, and those that a flush ended without")
                .tag("integration", kind.word())
                .tag("reason", reason)
                .register(registry);
    }

    private static String reason(Outcome outcome) {
        Failure failure = switch (outcome) {
            case Outcome.Delivered _ -> null;
            case Outcome.Retry retry -> retry.failure();
            case Outcome.Refused refused -> refused.failure();
        };
        return switch (failure) {
            case null -> "other";
            case Failure.Answer answer when answer.status() == 429 -> "rateLimited";
            case Failure.Answer answer when answer.status() >= 500 -> "serverError";
            case Failure.Answer _ -> "clientError";
            case Failure.Unreachable _ -> "unreachable";
            case Failure.Ours _ -> "other";
        };
    }
}
