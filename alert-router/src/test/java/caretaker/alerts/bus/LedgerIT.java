package caretaker.alerts.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.LabelSet;
import caretaker.chassis.KafkaSettings;
import caretaker.chassis.Outbox;
import caretaker.chassis.OutboxSettings;
import caretaker.chassis.Outgoing;
import caretaker.contracts.NotificationEvent;
import caretaker.testkit.TestBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LedgerIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Instant T0 = Instant.parse("2026-11-23T10:00:00Z");

    private final TestBroker broker = TestBroker.shared();
    private final String notifications = broker.newTopic("ledger", 1);
    private final String alerts = notifications + "-alerts"; // is not there yet
    private final Vertx vertx = Vertx.vertx();
    private final Outbox outbox = Outbox.start(
            vertx,
            KafkaSettings.plain(broker.bootstrapServers()),
            OutboxSettings.DEFAULTS,
            Set.of(),
            new SimpleMeterRegistry(),
            InstantSource.system());
    private final Ledger ledger = new Ledger(outbox, new Ledger.Topics(alerts, notifications, notifications));

    @AfterEach
    void close() {
        outbox.close();
        vertx.close().await();
    }

    private static Alert alert(String node) {
        return new Alert(LabelSet.of("node", node), LabelSet.EMPTY, T0, T0.plusSeconds(60), T0, "", false);
    }

    @Test
    void itKnowsWhatItWroteOfAlertsAndWhatItForgot() {
        broker.createTopic(alerts, 1, Map.of());
        var other = new Ledger(outbox, new Ledger.Topics(alerts, notifications, notifications));
        ledger.alerts(List.of(alert("n1")));
        ledger.forget(List.of(alert("n1")), List.of(), List.of());
        other.forget(List.of(alert("n2")), List.of(), List.of());

        await().atMost(LIMIT).until(() -> broker.readAll(alerts).size() == 3);
        byte[] key = alert("n1").fingerprint().toString().getBytes(UTF_8);
        assertThat(broker.readAll(alerts)).allMatch(record -> ledger.isOwn(record) == Arrays.equals(record.key(), key));
    }

    private static NotificationEvent about(Alert alert) {
        var message = new NotificationEvent.Message(
                "id", "first", T0, Set.of(alert.fingerprint().toString()), Set.of());
        return new NotificationEvent("{}:{}", "r", "webhook", 0, T0, T0, null, message, null, null);
    }

    @Test
    void aMessageMayBeSentOnlyWhenTheBusHasBothItsIntentAndItsAlerts() {
        // K3. Given: a bus that takes events, and an alert that it does not take
        await().atMost(LIMIT).until(outbox.send(new Outgoing(notifications, new byte[0], new byte[0]))::succeeded);
        Future<?> posted = ledger.alerts(List.of(alert("n1")));

        // When
        Future<?> intent = ledger.intend(about(alert("n1")));
        Future<?> other = ledger.intend(about(alert("n2")));

        // Then
        await().atMost(LIMIT).until(other::succeeded);
        assertThat(broker.readAll(notifications)).hasSize(3);
        assertThat(List.of(posted.succeeded(), intent.succeeded())).containsOnly(false);

        broker.createTopic(alerts, 1, Map.of());
        await().atMost(LIMIT).until(posted::succeeded);
        await().atMost(LIMIT).until(ledger.intend(about(alert("n1")))::succeeded);
    }
}
