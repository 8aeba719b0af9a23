package caretaker.alerts.delivery;

import static caretaker.alerts.delivery.Office.T0;
import static caretaker.alerts.delivery.Office.at;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.receivers.Outcome;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.Fingerprint;
import caretaker.alerts.routing.Reason;
import caretaker.alerts.routing.ReceiverOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What receivers are told otherwise than Alertmanager would: groups wait 10 s, tick each minute, repeat each hour. */
class ReceiverOptionsTest {
    private static final Outcome DELIVERED = new Outcome.Delivered(Map.of(), null);
    private static final ReceiverOptions SILENCED = new ReceiverOptions(false, true, 1, Duration.ofDays(1), false);
    private static final ReceiverOptions BACK_OFF = new ReceiverOptions(false, false, 2, Duration.ofHours(5), false);
    private static final ReceiverOptions AT_ONCE = new ReceiverOptions(true, false, 1, Duration.ofDays(1), false);

    /** Lets the time come; what was told then. */
    private static List<Letter> told(Office office, Instant now) {
        office.turn(now);
        List<Letter> told = new ArrayList<>();
        while (!office.world.intents.isEmpty()) {
            office.world.written(now);
            told.add(office.world.answered(DELIVERED, now));
            office.turn(now);
        }
        return told;
    }

    /** The times of messages, by hours since the first, when somebody looks each minute. */
    private static List<Long> repeats(Office office, Instant from, Instant to) {
        List<Long> hours = new ArrayList<>();
        for (Instant now = from; now.isBefore(to); now = now.plusSeconds(60)) {
            for (Letter letter : told(office, now)) {
                assertThat(letter.message().reason()).isEqualTo(Reason.REPEAT.text());
                hours.add(Duration.between(T0, now).toHours());
            }
        }
        return hours;
    }

    private static Set<Fingerprint> firing(Letter letter) {
        return letter.message().firing();
    }

    @Test
    void k12TheEndOfWhatWasToldIsToldUnderASilence() {
        // Given
        var office = new Office(SILENCED);
        Alert n1 = office.fires("n1", T0);
        told(office, at("10S"));
        office.silence("alertname=Hot", at("20S"));
        assertThat(told(office, at("70S"))).isEmpty();

        // When
        office.ends(n1, at("80S"));

        // Then
        assertThat(told(office, at("130S"))).singleElement().satisfies(letter -> {
            assertThat(firing(letter)).isEmpty();
            assertThat(letter.alerts()).extracting(Alert::labels).containsExactly(n1.labels());
        });
        assertThat(told(office, at("190S"))).isEmpty();
        assertThat(office.board.groups().holds(n1.fingerprint())).isFalse();
    }

    @Test
    void k12WhatWasNotToldAsFiringIsNotToldAsOver() {
        var office = new Office(SILENCED);
        office.silence("alertname=Hot", T0);
        Alert n1 = office.fires("n1", T0);
        told(office, at("10S"));
        office.ends(n1, at("20S"));

        assertThat(told(office, at("70S"))).isEmpty();
    }

    @Test
    void k12AnEndThatComesAfterMessagesAboutOthersAndARestartIsToldToo() {
        // Given: one of two is silenced, and the other is told of meanwhile
        var office = new Office(SILENCED);
        Alert n1 = office.fires("n1", T0);
        Alert n2 = office.fires("n2", T0);
        told(office, at("10S"));
        office.silence("node=n1", at("20S"));
        office.ends(n2, at("30S"));
        assertThat(told(office, at("70S")))
                .singleElement()
                .satisfies(letter -> assertThat(letter.message().reason()).isEqualTo(Reason.ALL_RESOLVED.text()));

        // When
        office.restart(at("80S"));
        office.silence("node=n1", at("80S"));
        office.ends(n1, at("90S"));

        // Then
        assertThat(told(office, at("130S")))
                .singleElement()
                .satisfies(letter -> assertThat(letter.message().resolved()).contains(n1.fingerprint()));
        assertThat(told(office, at("190S"))).isEmpty();
    }

    @Test
    void k12ItIsRememberedForTheRetentionAndNotForTwoRepeats() {
        var office = new Office(SILENCED);
        Alert n1 = office.fires("n1", T0);
        told(office, at("10S"));
        office.silence("alertname=Hot", at("20S"));
        office.turn(at("5H"));
        office.ends(n1, at("5H30S"));

        assertThat(told(office, at("5H1M"))).hasSize(1);
    }

    @Test
    void k12OtherwiseAnEndUnderASilenceIsNotTold() {
        var office = new Office();
        Alert n1 = office.fires("n1", T0);
        told(office, at("10S"));
        office.silence("alertname=Hot", at("20S"));
        office.ends(n1, at("80S"));

        assertThat(told(office, at("130S"))).isEmpty();
    }

    @Test
    void k13RepeatsComeFurtherAndFurtherApartAndARestartChangesNothing() {
        var office = new Office(BACK_OFF);
        office.fires("n1", T0);
        assertThat(told(office, at("10S"))).hasSize(1);

        assertThat(repeats(office, at("70S"), at("2H"))).containsExactly(1L);
        office.restart(at("2H"));

        assertThat(repeats(office, at("2H"), at("18H"))).containsExactly(3L, 7L, 12L, 17L);
    }

    @Test
    void k13AChangeBeginsAnew() {
        var office = new Office(BACK_OFF);
        office.fires("n1", T0);
        told(office, at("10S"));
        assertThat(repeats(office, at("70S"), at("4H"))).containsExactly(1L, 3L);
        office.fires("n2", at("4H"));
        assertThat(told(office, at("4H1M"))).hasSize(1);

        assertThat(repeats(office, at("4H2M"), at("9H"))).containsExactly(5L, 7L);
    }

    @Test
    void k11AnEndIsToldAtOnce() {
        var office = new Office(AT_ONCE);
        Alert n1 = office.fires("n1", T0);
        told(office, at("10S"));
        office.ends(n1, at("12S"));

        assertThat(told(office, at("12S")))
                .singleElement()
                .satisfies(letter -> assertThat(firing(letter)).isEmpty());
        assertThat(told(office, at("72S"))).isEmpty();
    }
}
