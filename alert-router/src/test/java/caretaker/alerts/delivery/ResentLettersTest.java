package caretaker.alerts.delivery;

import static caretaker.alerts.delivery.Office.T0;
import static caretaker.alerts.delivery.Office.at;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.receivers.Outcome;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.NotificationLog;
import caretaker.alerts.routing.Retry.Failure;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A dead letter about n1 is sent again while its group has something else to say. */
class ResentLettersTest {
    // K6
    private static final Outcome DELIVERED = new Outcome.Delivered(Map.of(), null);
    private static final Outcome DOWN = Outcome.failed(new Failure.Answer(503, null, "503"));
    private static final Outcome BAD = Outcome.failed(new Failure.Answer(400, null, "400"));

    private final Office office = new Office();
    private final World world = office.world;
    private final Alert old = office.fires("n1", T0);
    private NotificationLog.Key key;
    private String id = "";

    @BeforeEach
    void aDeadLetterOfAnIncidentThatIsOver() {
        office.turn(at("10S"));
        world.written(at("10S"));
        id = world.answered(BAD, at("10S")).message().id();
        key = office.board.allDead().keySet().iterator().next();
        office.ends(old, at("20S"));
        office.turn(at("70S"));
        assertThat(office.deliveries.size()).isZero();
    }

    /** It is on its way and failed once. */
    private void resent() {
        assertThat(office.deliveries.resend(key, at("80S"))).isTrue();
        world.written(at("80S"));
        world.answered(DOWN, at("80S"));
    }

    /** Answers it when it is tried again. */
    private void answered(Outcome outcome) {
        for (int second = 0; second < 60 && world.sent.isEmpty(); second++) {
            office.turn(at("130S").plusSeconds(second));
        }
        assertThat(world.sent.getFirst().message().id()).isEqualTo(id);
        world.answered(outcome, at("140S"));
    }

    @Test
    void aLiveMessageWaitsForItAndIsToldAndLogged() {
        resent();
        Alert live = office.fires("n2", at("90S"));
        office.turn(at("130S"));
        answered(DELIVERED);
        assertThat(office.board.allDead()).isEmpty();
        world.written(at("141S"));
        world.answered(DELIVERED, at("141S"));

        assertThat(Objects.requireNonNull(office.board.log().last(key)).firing())
                .containsExactly(live.fingerprint());
        office.turn(at("190S"));
        assertThat(office.deliveries.size()).as("nobody is told twice").isZero();
    }

    @Test
    void itStaysADeadLetterIfItFailsAndTheLiveMessageIsStillTold() {
        resent();
        Alert live = office.fires("n2", at("90S"));
        office.turn(at("130S"));
        answered(BAD);
        world.written(at("141S"));
        world.answered(DELIVERED, at("141S"));

        assertThat(Objects.requireNonNull(office.board.dead(key)).message().firing())
                .containsExactly(old.fingerprint().toString());
        assertThat(Objects.requireNonNull(office.board.log().last(key)).firing())
                .containsExactly(live.fingerprint());
    }

    @Test
    void whatIsSilencedLeavesItAlone() {
        resent();
        office.fires("n2", at("90S"));
        office.silence(at("91S"));
        office.turn(at("130S"));
        answered(DELIVERED);

        assertThat(office.board.allDead()).isEmpty();
        assertThat(office.deliveries.size()).isZero();
    }

    @Test
    void theNextInstanceGoesOnWithItAsSuch() {
        assertThat(office.deliveries.resend(key, at("80S"))).isTrue();
        world.written(at("80S"));
        world.sent.clear();
        world.answers.clear();

        office.restart(at("81S"));
        Letter letter = world.answered(DELIVERED, at("82S"));

        assertThat(letter.message().id()).isEqualTo(id);
        assertThat(office.board.allDead()).isEmpty();
        assertThat(office.board.log().last(key))
                .as("says nothing of what the group was told")
                .isNull();
    }

    @Test
    void oneThatHadNoRoomForTextsIsSentWithWhatIsKnown() {
        var full = new Office(2_500); // one alert and the rest of a dead letter, but not the alert once more
        Alert alert = full.fires("n1", T0);
        full.turn(at("10S"));
        full.world.written(at("10S"));
        full.world.answered(BAD, at("10S"));

        NotificationLog.Key cut = full.board.allDead().keySet().iterator().next();
        assertThat(full.world.cut).isEqualTo(1);
        assertThat(Objects.requireNonNull(full.board.dead(cut)).alerts()).isEmpty();
        assertThat(full.board.budget().used()).isLessThan(full.board.budget().limit());
        assertThat(full.deliveries.resend(cut, at("11S"))).isTrue();
        full.world.written(at("11S"));
        assertThat(full.world.sent.getLast().alerts()).containsExactly(alert);
    }

    @Test
    void oneThatIsDiscardedMeanwhileDoesNotComeBack() {
        resent();
        assertThat(office.deliveries.discard(key, at("85S"))).isTrue();
        answered(BAD);

        assertThat(office.board.allDead()).isEmpty();
    }
}
