package caretaker.alerts.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.config.AlertmanagerConfig;
import caretaker.alerts.receivers.Outcome;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.AlertStore;
import caretaker.alerts.routing.LabelNames;
import caretaker.alerts.routing.LabelSet;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.alerts.routing.NotificationLog;
import caretaker.alerts.routing.Retry.Failure;
import caretaker.alerts.routing.Silences;
import caretaker.alerts.state.Board;
import caretaker.alerts.state.NotificationKeys;
import caretaker.contracts.NotificationEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Letters without a bus or a receiver: the test plays both, and the clock. Groups wait 10 s and tick every minute. */
class DeliveriesTest {
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
    private static final Outcome DELIVERED = new Outcome.Delivered(Map.of(), null);
    private static final Outcome DOWN = Outcome.failed(new Failure.Answer(503, null, "503"));
    private static final Outcome BAD = Outcome.failed(new Failure.Answer(400, null, "400"));
    private static final String CONFIG = """
            route: {receiver: team, group_by: [alertname], group_wait: 10s, group_interval: 1m, repeat_interval: 1h}
            receivers:
              - name: team
                webhook_configs: [{url: 'http://h/'}]
              - name: other
                webhook_configs: [{url: 'http://o/'}]
            """;

    private final World world = new World();
    private Board board = board();
    private Deliveries deliveries = deliveries(null);

    private static Board board() {
        var config = AlertmanagerConfig.parse(CONFIG, "t.yml", Path.of("."), MatcherSyntax.FALLBACK);
        var limits = new Board.Limits(AlertStore.Limits.NONE, new Silences.Limits(0, 1 << 16), 0, Duration.ofDays(5));
        var board = new Board(config, LabelNames.UTF8, limits, Instant.MIN);
        board.goLive(T0);
        board.lead();
        return board;
    }

    private Deliveries deliveries(DeliverySettings.@Nullable Fallback fallback) {
        var settings = new DeliverySettings(Duration.ofHours(1), Duration.ofDays(5), fallback);
        return new Deliveries(board, world, world, settings, new Random(1));
    }

    private static Instant at(String duration) {
        return T0.plus(Duration.parse("PT" + duration));
    }

    private Alert fires(String node, Instant now) {
        var alert = new Alert(
                LabelSet.of("alertname", "Hot", "node", node),
                LabelSet.EMPTY,
                now,
                now.plus(Duration.ofDays(9)),
                now,
                "",
                false);
        board.effect(board.alerts().put(alert, now), now);
        return alert;
    }

    private void ends(Alert alert, Instant now) {
        var ended =
                new Alert(alert.labels(), alert.annotations(), alert.startsAt(), now.minusMillis(1), now, "", false);
        board.effect(board.alerts().put(ended, now), now);
    }

    /** Lets the time come. */
    private void turn(Instant now) {
        board.groups().due(now).forEach(flush -> deliveries.flush(flush, now));
        deliveries.tick(now);
    }

    private NotificationEvent last() {
        return world.bus.getLast();
    }

    private static NotificationEvent.Result result(NotificationEvent event) {
        if (event.result() == null) {
            throw new AssertionError("no result: " + event);
        }
        return event.result();
    }

    @Test
    void nothingIsSentBeforeTheBusKnowsOfIt() {
        fires("n1", T0);
        turn(at("10S"));

        assertThat(world.sent).isEmpty();
        assertThat(last().pending()).isNotNull();
        world.written(at("10.1S"));
        assertThat(world.sent).hasSize(1);
        Letter letter = world.answered(DELIVERED, at("10.2S"));

        assertThat(last().pending()).isNull();
        assertThat(result(last()).id()).isEqualTo(letter.message().id());
        assertThat(result(last()).outcome()).isEqualTo(NotificationEvent.Outcome.DELIVERED);
        assertThat(last().sent()).isNotNull();
        assertThat(deliveries.size()).isZero();
    }

    @Test
    void aBusThatDoesNotTakeTheIntentIsAskedAgainAndNothingIsSent() {
        fires("n1", T0);
        turn(at("10S"));
        world.intents.remove().accept(false, at("15S"));

        assertThat(world.sent).isEmpty();
        assertThat(deliveries.nextDue()).contains(at("16S"));
        turn(at("16S"));
        world.written(at("16S"));

        assertThat(world.sent).hasSize(1);
    }

    @Test
    void itIsTriedAgainPastTheEndOfTheFlushUnderTheSameId() {
        fires("n1", T0);
        turn(at("10S"));
        world.written(at("10S"));
        String id = world.answered(DOWN, at("10S")).message().id();
        for (int second = 11; second <= 300; second++) {
            turn(at(second + "S"));
            if (!world.sent.isEmpty()) {
                assertThat(world.answered(DOWN, at(second + "S")).message().id())
                        .isEqualTo(id);
            }
        }

        assertThat(world.bus).as("one intent for all attempts").hasSize(1);
        assertThat(world.late).as("Alertmanager counts each flush").hasSize(4);
        assertThat(deliveries.asleep()).isEqualTo(1);
    }

    @Test
    void whatALaterFlushTellsTakesThePlaceOfWhatCouldNotBeToldYet() {
        fires("n1", T0);
        turn(at("10S"));
        world.written(at("10S"));
        Letter first = world.answered(DOWN, at("10S"));
        fires("n2", at("20S"));
        turn(at("71S"));
        while (world.sent.isEmpty()) {
            if (!world.intents.isEmpty()) {
                world.written(at("2M"));
            }
            turn(at("2M"));
        }
        Letter second = world.answered(DELIVERED, at("2M"));

        assertThat(second.alerts()).hasSize(2);
        assertThat(second.message().id()).isNotEqualTo(first.message().id());
    }

    @Test
    void whatIsDecidedWhileOneIsBeingSentIsToldAfterIt() {
        fires("n1", T0);
        turn(at("10S"));
        world.written(at("10S"));
        fires("n2", at("20S"));
        turn(at("70S"));
        assertThat(world.sent).hasSize(1);
        world.answered(DELIVERED, at("71S"));
        turn(at("71S"));
        world.written(at("71S"));

        assertThat(world.answered(DELIVERED, at("72S")).alerts()).hasSize(2);
        turn(at("131S"));
        assertThat(world.sent).isEmpty();
        assertThat(deliveries.size()).isZero();
    }

    @Test
    void anEndThatComesWhileTheReceiverIsDownIsToldAfterTheBeginning() {
        Alert alert = fires("n1", T0);
        turn(at("10S"));
        world.written(at("10S"));
        world.answered(DOWN, at("10S"));
        ends(alert, at("30S"));
        turn(at("70S"));
        turn(at("90S"));
        assertThat(world.answered(DELIVERED, at("90S")).message().resolved()).isEmpty();
        turn(at("130S"));
        world.written(at("130S"));

        assertThat(world.answered(DELIVERED, at("130S")).message().firing()).isEmpty();
        turn(at("190S"));
        assertThat(world.sent).isEmpty();
        board.groups().reap();
        assertThat(board.groups().size()).isZero();
    }

    @Test
    void whatIsSilencedMeanwhileIsNotToldAnyMore() {
        fires("n1", T0);
        turn(at("10S"));
        world.written(at("10S"));
        world.answered(DOWN, at("10S"));
        silence(at("20S"));
        turn(at("70S"));

        assertThat(result(last()).outcome()).isEqualTo(NotificationEvent.Outcome.CANCELLED);
        turn(at("100S"));
        assertThat(world.sent).isEmpty();
        assertThat(deliveries.size()).isZero();
    }

    private void silence(Instant now) {
        var matchers =
                new caretaker.alerts.routing.Matchers(MatcherSyntax.FALLBACK.list("alertname=Hot", warning -> {}));
        board.silences()
                .put(new caretaker.alerts.routing.Silence(
                        "s", matchers, now, now.plus(Duration.ofDays(1)), now, "me", "why", Map.of()));
    }

    @Test
    void whatIsGivenUpIsADeadLetterAndTheGroupLetsGoOfIt() {
        Alert alert = fires("n1", T0);
        turn(at("10S"));
        world.written(at("10S"));
        ends(alert, at("10S"));
        world.answered(BAD, at("11S"));

        assertThat(world.failed).containsExactly("team");
        assertThat(result(last()).outcome()).isEqualTo(NotificationEvent.Outcome.FAILED);
        assertThat(last().dead()).isNotNull();
        assertThat(board.undelivered()).isEqualTo(Map.of("team", 1));
        turn(at("70S"));
        board.groups().reap();
        assertThat(board.groups().size()).isZero();
    }

    @Test
    void aDeadLetterIsBuriedWhenItsAlertsAreToldOrSomebodySendsItAgain() {
        fires("n1", T0);
        turn(at("10S"));
        world.written(at("10S"));
        world.answered(BAD, at("11S"));
        turn(at("70S")); // the next tick tries afresh
        world.written(at("70S"));
        world.answered(BAD, at("71S"));
        assertThat(board.undelivered()).isEqualTo(Map.of("team", 1));

        NotificationLog.Key key = board.allDead().keySet().iterator().next();
        assertThat(deliveries.resend(key, at("80S"))).isTrue();
        world.written(at("80S"));
        world.answered(DELIVERED, at("81S"));

        assertThat(board.undelivered()).isEmpty();
        assertThat(last().dead()).isNull();
        assertThat(board.log().last(key))
                .as("says nothing of what the group was told")
                .isNull();
        assertThat(deliveries.resend(key, at("82S"))).isFalse();
    }

    @Test
    void aReceiverThatAsksForAPauseIsLeftAlone() {
        fires("n1", T0);
        turn(at("10S"));
        world.written(at("10S"));
        world.answered(Outcome.failed(new Failure.Answer(429, Duration.ofMinutes(5), "slow down")), at("10S"));
        var other = new Alert(LabelSet.of("alertname", "Cold"), LabelSet.EMPTY, T0, at("9H"), at("20S"), "", false);
        board.effect(board.alerts().put(other, at("20S")), at("20S"));
        turn(at("30S"));
        world.written(at("30S"));
        turn(at("4M"));

        assertThat(world.sent).isEmpty();
        turn(at("5M10S"));
        assertThat(world.sent).hasSize(2);
    }

    private void fireGroups(int count) {
        for (int i = 0; i < count; i++) {
            var alert = new Alert(LabelSet.of("alertname", "A" + i), LabelSet.EMPTY, T0, at("9H"), T0, "", false);
            board.effect(board.alerts().put(alert, T0), T0);
        }
    }

    @Test
    void noMoreThanSixteenAreSentToAReceiverAtOnceAndTheOthersAreOnTheBusMeanwhile() {
        // K4
        fireGroups(100);
        turn(at("10S"));
        assertThat(world.intents).hasSize(100);
        while (!world.intents.isEmpty()) {
            world.written(at("11S"));
        }
        assertThat(world.sent).hasSize(Deliveries.MAX_BUSY);
        int told = 0;
        while (!world.sent.isEmpty()) {
            assertThat(deliveries.busy()).isLessThanOrEqualTo(Deliveries.MAX_BUSY);
            world.answered(DELIVERED, at("11S"));
            told++;
        }

        assertThat(told).isEqualTo(100);
        assertThat(deliveries.busy()).isZero();
    }

    @Test
    void onlySoManyIntentsAreOnTheirWayToTheBusAtOnce() {
        fireGroups(Intents.MAX_WRITING + 10);
        turn(at("10S"));
        assertThat(world.intents).hasSize(Intents.MAX_WRITING);
        world.written(at("11S"));
        assertThat(world.intents).hasSize(Intents.MAX_WRITING);
        deliveries.standBy();
        world.written(at("11S"));
        assertThat(world.sent)
                .as("what was written before standing by is not sent")
                .hasSize(1);
    }

    @Test
    void whatIsDecidedWhileTheIntentIsWrittenIsToldInstead() {
        fires("n1", T0);
        turn(at("10S"));
        fires("n2", at("20S"));
        turn(at("70S"));
        world.written(at("71S"));

        assertThat(world.sent).as("the bus knows the older one only").isEmpty();
        world.written(at("71S"));
        assertThat(world.answered(DELIVERED, at("72S")).alerts()).hasSize(2);
        assertThat(deliveries.size()).isZero();
    }

    @Test
    void whatIsSilencedWhileItWaitsForAPlaceIsCancelledOnTheBusToo() {
        fireGroups(Deliveries.MAX_BUSY);
        fires("n1", T0);
        turn(at("10S"));
        while (!world.intents.isEmpty()) {
            world.written(at("10S"));
        }
        silence(at("20S"));
        turn(at("70S"));

        List<NotificationEvent> cancelled = world.bus.stream()
                .filter(event ->
                        event.result() != null && event.result().outcome() == NotificationEvent.Outcome.CANCELLED)
                .toList();
        assertThat(cancelled).extracting(NotificationEvent::groupKey).containsExactly("{}:{alertname=\"Hot\"}");
        while (!world.sent.isEmpty()) {
            world.answered(DELIVERED, at("71S"));
        }
        assertThat(deliveries.size()).isZero();
    }

    @Test
    void afterACrashWhatWasPerhapsSentIsSentAgainUnderItsId() {
        fires("n1", T0);
        turn(at("10S"));
        world.written(at("10S"));
        String id = world.sent.getFirst().message().id();

        restart(at("20S"));

        assertThat(world.sent.getLast().message().id()).isEqualTo(id);
        assertThat(world.intents).as("the bus has the intent").isEmpty();
    }

    /** Another instance that knows what is on the bus and in the store. */
    private void restart(Instant now) {
        List<Alert> alerts = List.copyOf(board.alerts().all());
        board.standBy();
        Board next = board();
        next.standBy();
        alerts.forEach(alert -> next.effect(next.alerts().put(alert, now), now));
        world.bus.forEach(event -> NotificationKeys.of(event).ifPresent(key -> next.heard(key, event)));
        board = next;
        deliveries = deliveries(null);
        board.lead();
        deliveries.lead(now);
    }

    @Test
    void anInstanceThatMayNotActSendsNothing() {
        fires("n1", T0);
        turn(at("10S"));
        world.mayAct = false;
        world.written(at("10S"));

        assertThat(world.sent).isEmpty();
        deliveries.standBy();
        world.mayAct = true;
        turn(at("30S"));
        assertThat(world.sent).isEmpty();
    }

    @Test
    void anAnswerThatComesAfterStandingByIsPutOnTheBus() {
        fires("n1", T0);
        turn(at("10S"));
        world.written(at("10S"));
        deliveries.standBy();
        world.answered(DELIVERED, at("11S"));

        assertThat(result(last()).outcome()).isEqualTo(NotificationEvent.Outcome.DELIVERED);
        assertThat(deliveries.busy()).isZero();
    }

    @Test
    void theFallbackIsToldInTimeAndOfTheEnd() {
        deliveries = deliveries(new DeliverySettings.Fallback("other", Duration.ofSeconds(30)));
        Alert alert = fires("n1", T0);
        turn(at("10S"));
        world.written(at("10S"));
        world.answered(DOWN, at("10S"));
        for (int second = 11; second < 60 && world.intents.isEmpty(); second++) {
            turn(at(second + "S"));
            while (!world.sent.isEmpty()) {
                world.answered(DOWN, at(second + "S"));
            }
        }
        world.written(at("60S"));
        Letter instead = world.sent.removeLast();
        world.answers.removeLast().accept(new Outlet.Answer(DELIVERED, at("60S")));
        assertThat(instead.integration().receiver()).isEqualTo("other");
        assertThat(instead.message().firing()).hasSize(1);

        ends(alert, at("65S"));
        turn(at("70S"));
        world.written(at("70S"));

        Letter end = world.sent.removeLast();
        assertThat(end.integration().receiver()).isEqualTo("other");
        assertThat(end.message().firing()).isEmpty();
    }
}
