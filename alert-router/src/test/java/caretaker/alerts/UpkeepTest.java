package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.config.AlertmanagerConfig;
import caretaker.alerts.delivery.Deliveries;
import caretaker.alerts.delivery.DeliverySettings;
import caretaker.alerts.delivery.Letter;
import caretaker.alerts.delivery.Outlet;
import caretaker.alerts.receivers.Outcome;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.AlertStore;
import caretaker.alerts.routing.LabelNames;
import caretaker.alerts.routing.LabelSet;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.alerts.routing.Retry.Failure;
import caretaker.alerts.routing.Silences;
import caretaker.alerts.state.Board;
import caretaker.contracts.NotificationEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What stands for longer than its topic keeps a record is put there again. */
class UpkeepTest {
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant DAY = T0.plus(Duration.ofDays(1));

    private final Board board = board();
    private final List<Alert> alerts = new ArrayList<>();
    private final Bus bus = new Bus();
    private final Deliveries deliveries = new Deliveries(
            board,
            bus,
            new DeliveryMetrics(new SimpleMeterRegistry()),
            new DeliverySettings(Duration.ofHours(6), Duration.ofDays(5), null),
            new Random(1));
    private final Upkeep upkeep = new Upkeep(board, deliveries, alerts::addAll);

    private static Board board() {
        String yaml =
                "{route: {receiver: a, group_wait: 0s}, receivers: [{name: a, webhook_configs: [{url: 'http://h'}]}]}";
        var config = AlertmanagerConfig.parse(yaml, "t.yml", Path.of("."), MatcherSyntax.FALLBACK);
        var limits = new Board.Limits(AlertStore.Limits.NONE, Silences.Limits.NONE, 0, 0, Duration.ofDays(5));
        var board = new Board(config, LabelNames.UTF8, limits, Instant.MIN);
        board.goLive(T0);
        board.lead();
        return board;
    }

    /** A bus that takes everything, and a receiver that refuses everything. */
    private static final class Bus implements Outlet {
        private final List<NotificationEvent> events = new ArrayList<>();

        @Override
        public boolean mayAct() {
            return true;
        }

        @Override
        public void intend(NotificationEvent event, BiConsumer<Boolean, Instant> written) {
            written.accept(true, T0);
        }

        @Override
        public void record(NotificationEvent event) {
            events.add(event);
        }

        @Override
        public void send(Letter letter, Map<String, String> remembered, Consumer<Answer> answer) {
            answer.accept(new Answer(Outcome.failed(new Failure.Answer(400, null, "400")), T0));
        }
    }

    private Alert fires(String name, Instant updatedAt, Instant endsAt) {
        var alert = new Alert(LabelSet.of("alertname", name), LabelSet.EMPTY, T0, endsAt, updatedAt, "", false);
        return board.alerts().put(alert, updatedAt);
    }

    private void passes(Instant now) {
        upkeep.look(now);
        upkeep.goOn(now);
    }

    @Test
    void k1AnAlertThatNobodyRepeatsIsPutOnTheBusAgainEachDayWhileItFires() {
        Alert longLasting = fires("Long", T0, T0.plus(Duration.ofDays(60)));
        fires("Repeated", DAY, DAY.plus(Duration.ofHours(1)));
        fires("Over", T0, T0.plusSeconds(1));

        passes(DAY.plusSeconds(1));
        passes(DAY.plusSeconds(60));
        assertThat(alerts).as("once a day").containsExactly(longLasting);
        passes(DAY.plus(Upkeep.EVERY).plusSeconds(1));
        assertThat(alerts).filteredOn(longLasting::equals).hasSize(2);
    }

    @Test
    void k6ADeadLetterIsPutOnTheBusAgainEachDay() {
        board.effect(fires("Hot", T0, T0.plus(Duration.ofDays(1))), T0);
        board.groups().due(T0).forEach(flush -> deliveries.flush(flush, T0));
        assertThat(board.allDead()).hasSize(1);
        bus.events.clear();

        passes(DAY);
        passes(DAY.plusSeconds(60));

        assertThat(bus.events).singleElement().satisfies(event -> {
            assertThat(event.dead()).isNotNull();
            assertThat(event.pending()).isNull();
            assertThat(event.result()).isNull();
            assertThat(event.nextFlush()).as("the group's timer stays").isEqualTo(T0.plus(Duration.ofMinutes(5)));
        });
    }

    @Test
    void manyAreWrittenLittleByLittle() {
        for (int i = 0; i < 1_200; i++) {
            fires("A" + i, T0, T0.plus(Duration.ofDays(60)));
        }
        passes(DAY.plusSeconds(1));
        assertThat(alerts).hasSize(500);
        upkeep.goOn(DAY.plusSeconds(2));
        upkeep.goOn(DAY.plusSeconds(3));
        assertThat(alerts).hasSize(1_200).doesNotHaveDuplicates();

        upkeep.stop();
        passes(DAY.plusSeconds(4));
        assertThat(alerts).as("who leads again begins anew").hasSize(1_700);
    }
}
