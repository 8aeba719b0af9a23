package caretaker.alerts.delivery;

import static caretaker.alerts.delivery.Office.T0;
import static caretaker.alerts.delivery.Office.at;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.receivers.Outcome;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.Retry.Failure;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A receiver that asks to keep where its message is, so that it can be changed. */
class MessageInPlaceTest {
    private static final Map<String, String> PLACE = Map.of("ts", "1");
    private static final Outcome POSTED = new Outcome.Delivered(PLACE, null);

    private final Office office = new Office();
    private final World world = office.world;

    private void told(Instant now) {
        office.turn(now);
        world.written(now);
        world.answered(POSTED, now);
    }

    @Test
    void theMessageOfAnIncidentIsChangedInPlaceUntilItIsOver() {
        Alert first = office.fires("n1", T0);
        told(at("10S"));
        assertThat(world.remembered).as("there is none yet").isEmpty();
        Alert second = office.fires("n2", at("20S"));
        told(at("70S"));
        assertThat(world.remembered).isEqualTo(PLACE);
        office.ends(first, at("80S"));
        office.ends(second, at("80S"));
        told(at("130S"));

        assertThat(world.remembered).as("the end is told in place, too").isEqualTo(PLACE);
    }

    @Test
    void aNewIncidentIsAMessageOfItsOwn() {
        office.ends(office.fires("n1", T0), at("20S"));
        told(at("10S"));
        told(at("70S"));
        office.fires("n1", at("80S"));
        told(at("130S"));

        assertThat(world.remembered).isEmpty();
    }

    @Test
    void whatIsForgottenIsNotChanged() {
        office.fires("n1", T0);
        told(at("10S"));
        told(at("2H10S"));

        assertThat(world.remembered).isEmpty();
    }

    @Test
    void aDeadLetterThatIsSentAgainChangesNoMessage() {
        Alert n1 = office.fires("n1", T0);
        office.turn(at("10S"));
        world.written(at("10S"));
        world.answered(Outcome.failed(new Failure.Answer(400, null, "400")), at("10S"));
        var key = office.board.allDead().keySet().iterator().next();
        office.ends(n1, at("20S"));
        office.turn(at("70S")); // nobody was told, so nobody is of the end
        office.fires("n2", at("80S"));
        told(at("130S"));

        assertThat(office.deliveries.resend(key, at("140S"))).isTrue();
        world.written(at("140S"));

        assertThat(world.sent).hasSize(1);
        assertThat(world.remembered).isEmpty();
    }
}
