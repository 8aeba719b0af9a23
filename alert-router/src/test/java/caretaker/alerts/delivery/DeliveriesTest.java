package caretaker.alerts.delivery;

import static caretaker.alerts.delivery.Office.T0;
import static caretaker.alerts.delivery.Office.at;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.receivers.Outcome;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.LabelSet;
import caretaker.alerts.routing.NotificationLog;
import caretaker.alerts.routing.Retry.Failure;
import caretaker.contracts.NotificationEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Letters without a bus or a receiver: the test plays both, and the clock. Groups wait 10 s and tick every minute. */
class DeliveriesTest {
    private static final Outcome DELIVERED = new Outcome.Delivered(Map.of(), null);
    private static final Outcome DOWN = Outcome.failed(new Failure.Answer(503, null, "503"));
    private static final Outcome BAD = Outcome.failed(new Failure.Answer(400, null, "400"));
    private final Office office = new Office();
    private final World world = office.world;

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
        office.fires("n1", T0);
        office.turn(at("10S"));

        assertThat(world.sent).isEmpty();
        assertThat(last().pending()).isNotNull();
        world.written(at("10.1S"));
        assertThat(world.sent).hasSize(1);
        Letter letter = world.answered(DELIVERED, at("10.2S"));

        assertThat(last().pending()).isNull();
        assertThat(result(last()).id()).isEqualTo(letter.message().id());
        assertThat(result(last()).outcome()).isEqualTo(NotificationEvent.Outcome.DELIVERED);
        assertThat(last().sent()).isNotNull();
        assertThat(office.deliveries.size()).isZero();
    }

    @Test
    void aBusThatDoesNotTakeTheIntentIsAskedAgainAndNothingIsSent() {
        office.fires("n1", T0);
        office.turn(at("10S"));
        world.intents.remove().accept(false, at("15S"));

        assertThat(world.sent).isEmpty();
        assertThat(office.deliveries.nextDue()).contains(at("16S"));
        office.turn(at("16S"));
        world.written(at("16S"));

        assertThat(world.sent).hasSize(1);
    }

    @Test
    void itIsTriedAgainPastTheEndOfTheFlushUnderTheSameId() {
        office.fires("n1", T0);
        office.turn(at("10S"));
        world.written(at("10S"));
        String id = world.answered(DOWN, at("10S")).message().id();
        for (int second = 11; second <= 300; second++) {
            office.turn(at(second + "S"));
            if (!world.sent.isEmpty()) {
                assertThat(world.answered(DOWN, at(second + "S")).message().id())
                        .isEqualTo(id);
            }
        }

        assertThat(world.bus).as("one intent for all attempts").hasSize(1);
        assertThat(world.late).as("Alertmanager counts each flush").hasSize(4);
        assertThat(office.deliveries.asleep()).isEqualTo(1);
    }

    @Test
    void whatALaterFlushTellsTakesThePlaceOfWhatCouldNotBeToldYet() {
        office.fires("n1", T0);
        office.turn(at("10S"));
        world.written(at("10S"));
        Letter first = world.answered(DOWN, at("10S"));
        office.fires("n2", at("20S"));
        office.turn(at("71S"));
        while (world.sent.isEmpty()) {
            if (!world.intents.isEmpty()) {
                world.written(at("2M"));
            }
            office.turn(at("2M"));
        }
        Letter second = world.answered(DELIVERED, at("2M"));

        assertThat(second.alerts()).hasSize(2);
        assertThat(second.message().id()).isNotEqualTo(first.message().id());
    }

    @Test
    void whatIsDecidedWhileOneIsBeingSentIsToldAfterIt() {
        office.fires("n1", T0);
        office.turn(at("10S"));
        world.written(at("10S"));
        office.fires("n2", at("20S"));
        office.turn(at("70S"));
        assertThat(world.sent).hasSize(1);
        world.answered(DELIVERED, at("71S"));
        office.turn(at("71S"));
        world.written(at("71S"));

        assertThat(world.answered(DELIVERED, at("72S")).alerts()).hasSize(2);
        office.turn(at("131S"));
        assertThat(world.sent).isEmpty();
        assertThat(office.deliveries.size()).isZero();
    }

    @Test
    void anEndThatComesWhileTheReceiverIsDownIsToldAfterTheBeginning() {
        Alert alert = office.fires("n1", T0);
        office.turn(at("10S"));
        world.written(at("10S"));
        world.answered(DOWN, at("10S"));
        office.ends(alert, at("30S"));
        office.turn(at("70S"));
        office.turn(at("90S"));
        assertThat(world.answered(DELIVERED, at("90S")).message().resolved()).isEmpty();
        office.turn(at("130S"));
        world.written(at("130S"));

        assertThat(world.answered(DELIVERED, at("130S")).message().firing()).isEmpty();
        office.turn(at("190S"));
        assertThat(world.sent).isEmpty();
        office.board.groups().reap();
        assertThat(office.board.groups().size()).isZero();
    }

    @Test
    void k5WhoIsNotToldOfEndsIsNotToldOfABeginningAfterTheEnd() {
        var quiet = new Office("webhook_configs: [{url: 'http://h/', send_resolved: false}]");
        Alert alert = quiet.fires("n1", T0);
        quiet.turn(at("10S"));
        quiet.world.written(at("10S"));
        quiet.world.answered(DOWN, at("10S"));
        quiet.ends(alert, at("30S"));
        quiet.turn(at("70S"));
        quiet.turn(at("90S"));

        assertThat(quiet.world.sent).isEmpty();
        assertThat(quiet.deliveries.size()).isZero();
        NotificationEvent.Result end = result(quiet.world.bus.getLast());
        assertThat(end.outcome()).isEqualTo(NotificationEvent.Outcome.CANCELLED);
        assertThat(end.error()).isEqualTo("over before it could be told");
        quiet.board.groups().reap();
        assertThat(quiet.board.groups().size()).isZero();
    }

    @Test
    void whatIsSilencedMeanwhileIsNotToldAnyMore() {
        office.fires("n1", T0);
        office.turn(at("10S"));
        world.written(at("10S"));
        world.answered(DOWN, at("10S"));
        office.silence(at("20S"));
        office.turn(at("70S"));

        assertThat(result(last()).outcome()).isEqualTo(NotificationEvent.Outcome.CANCELLED);
        office.turn(at("100S"));
        assertThat(world.sent).isEmpty();
        assertThat(office.deliveries.size()).isZero();
    }

    @Test
    void whatIsGivenUpIsADeadLetterAndTheGroupLetsGoOfIt() {
        Alert alert = office.fires("n1", T0);
        office.turn(at("10S"));
        world.written(at("10S"));
        office.ends(alert, at("10S"));
        world.answered(BAD, at("11S"));

        assertThat(world.failed).containsExactly("team");
        assertThat(result(last()).outcome()).isEqualTo(NotificationEvent.Outcome.FAILED);
        assertThat(last().dead()).isNotNull();
        assertThat(office.board.undelivered()).isEqualTo(Map.of("team", 1));
        office.turn(at("70S"));
        office.board.groups().reap();
        assertThat(office.board.groups().size()).isZero();
    }

    @Test
    void aDeadLetterIsBuriedWhenItsAlertsAreToldOrSomebodySendsItAgain() {
        office.fires("n1", T0);
        office.turn(at("10S"));
        world.written(at("10S"));
        world.answered(BAD, at("11S"));
        office.turn(at("70S")); // the next tick tries afresh
        world.written(at("70S"));
        world.answered(BAD, at("71S"));
        assertThat(office.board.undelivered()).isEqualTo(Map.of("team", 1));

        NotificationLog.Key key = office.board.allDead().keySet().iterator().next();
        assertThat(office.deliveries.resend(key, at("80S"))).isTrue();
        world.written(at("80S"));
        world.answered(DELIVERED, at("81S"));

        assertThat(office.board.undelivered()).isEmpty();
        assertThat(last().dead()).isNull();
        assertThat(office.board.log().last(key))
                .as("says nothing of what the group was told")
                .isNull();
        assertThat(office.deliveries.resend(key, at("82S"))).isFalse();
    }

    @Test
    void aReceiverThatAsksForAPauseIsLeftAlone() {
        office.fires("n1", T0);
        office.turn(at("10S"));
        world.written(at("10S"));
        world.answered(Outcome.failed(new Failure.Answer(429, Duration.ofMinutes(5), "slow down")), at("10S"));
        var other = new Alert(LabelSet.of("alertname", "Cold"), LabelSet.EMPTY, T0, at("9H"), at("20S"), "", false);
        office.board.effect(office.board.alerts().put(other, at("20S")), at("20S"));
        office.turn(at("30S"));
        world.written(at("30S"));
        office.turn(at("4M"));

        assertThat(world.sent).isEmpty();
        office.turn(at("5M10S"));
        assertThat(world.sent).hasSize(2);
    }

    @Test
    void noMoreThanSixteenAreSentToAReceiverAtOnceAndTheOthersAreOnTheBusMeanwhile() {
        // K4
        office.fireGroups(100);
        office.turn(at("10S"));
        assertThat(world.intents).hasSize(100);
        while (!world.intents.isEmpty()) {
            world.written(at("11S"));
        }
        assertThat(world.sent).hasSize(Deliveries.MAX_BUSY);
        int told = 0;
        while (!world.sent.isEmpty()) {
            assertThat(office.deliveries.busy()).isLessThanOrEqualTo(Deliveries.MAX_BUSY);
            world.answered(DELIVERED, at("11S"));
            told++;
        }

        assertThat(told).isEqualTo(100);
        assertThat(office.deliveries.busy()).isZero();
    }

    @Test
    void onlySoManyIntentsAreOnTheirWayToTheBusAtOnce() {
        office.fireGroups(Intents.MAX_WRITING + 10);
        office.turn(at("10S"));
        assertThat(world.intents).hasSize(Intents.MAX_WRITING);
        world.written(at("11S"));
        assertThat(world.intents).hasSize(Intents.MAX_WRITING);
        office.deliveries.standBy();
        world.written(at("11S"));
        assertThat(world.sent)
                .as("what was written before standing by is not sent")
                .hasSize(1);
    }

    @Test
    void whatIsDecidedWhileTheIntentIsWrittenIsToldInstead() {
        office.fires("n1", T0);
        office.turn(at("10S"));
        office.fires("n2", at("20S"));
        office.turn(at("70S"));
        world.written(at("71S"));

        assertThat(world.sent).as("the bus knows the older one only").isEmpty();
        world.written(at("71S"));
        assertThat(world.answered(DELIVERED, at("72S")).alerts()).hasSize(2);
        assertThat(office.deliveries.size()).isZero();
    }

    @Test
    void whatIsSilencedWhileItWaitsForAPlaceIsCancelledOnTheBusToo() {
        office.fireGroups(Deliveries.MAX_BUSY);
        office.fires("n1", T0);
        office.turn(at("10S"));
        while (!world.intents.isEmpty()) {
            world.written(at("10S"));
        }
        office.silence(at("20S"));
        office.turn(at("70S"));

        List<NotificationEvent> cancelled = world.bus.stream()
                .filter(event ->
                        event.result() != null && event.result().outcome() == NotificationEvent.Outcome.CANCELLED)
                .toList();
        assertThat(cancelled).extracting(NotificationEvent::groupKey).containsExactly("{}:{alertname=\"Hot\"}");
        while (!world.sent.isEmpty()) {
            world.answered(DELIVERED, at("71S"));
        }
        assertThat(office.deliveries.size()).isZero();
    }

    @Test
    void afterACrashWhatWasPerhapsSentIsSentAgainUnderItsId() {
        office.fires("n1", T0);
        office.turn(at("10S"));
        world.written(at("10S"));
        String id = world.sent.getFirst().message().id();

        office.restart(at("20S"));

        assertThat(world.sent.getLast().message().id()).isEqualTo(id);
        assertThat(world.intents).as("the bus has the intent").isEmpty();
    }

    @Test
    void anInstanceThatMayNotActSendsNothing() {
        office.fires("n1", T0);
        office.turn(at("10S"));
        world.mayAct = false;
        world.written(at("10S"));

        assertThat(world.sent).isEmpty();
        office.deliveries.standBy();
        world.mayAct = true;
        office.turn(at("30S"));
        assertThat(world.sent).isEmpty();
    }

    @Test
    void anAnswerThatComesAfterStandingByIsPutOnTheBus() {
        office.fires("n1", T0);
        office.turn(at("10S"));
        world.written(at("10S"));
        office.deliveries.standBy();
        world.answered(DELIVERED, at("11S"));

        assertThat(result(last()).outcome()).isEqualTo(NotificationEvent.Outcome.DELIVERED);
        assertThat(office.deliveries.busy()).isZero();
    }

    @Test
    void theFallbackIsToldInTimeAndOfTheEnd() {
        office.deliveries = office.deliveries(new DeliverySettings.Fallback("other", Duration.ofSeconds(30)));
        Alert alert = office.fires("n1", T0);
        office.turn(at("10S"));
        world.written(at("10S"));
        world.answered(DOWN, at("10S"));
        for (int second = 11; second < 60 && world.intents.isEmpty(); second++) {
            office.turn(at(second + "S"));
            while (!world.sent.isEmpty()) {
                world.answered(DOWN, at(second + "S"));
            }
        }
        world.written(at("60S"));
        Letter instead = world.sent.removeLast();
        world.answers.removeLast().accept(new Outlet.Answer(DELIVERED, at("60S")));
        assertThat(instead.integration().receiver()).isEqualTo("other");
        assertThat(instead.message().firing()).hasSize(1);

        office.ends(alert, at("65S"));
        office.turn(at("70S"));
        world.written(at("70S"));

        Letter end = world.sent.removeLast();
        assertThat(end.integration().receiver()).isEqualTo("other");
        assertThat(end.message().firing()).isEmpty();
    }
}
