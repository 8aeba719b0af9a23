package caretaker.alerts.builtin;

import static caretaker.alerts.builtin.Events.T0;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.routing.Alert;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a host is silent, and when it cannot be known. */
class HostWatchTest {
    private static final int STEP = 5;

    private final HostWatch watch = new HostWatch(BuiltInSettings.DEFAULTS);
    private Instant now = T0;

    /** Time goes by; the broker answers, and the hosts speak. */
    private void pass(int seconds, String... speaking) {
        pass(watch, seconds, true, speaking);
    }

    private void pass(HostWatch in, int seconds, boolean brokerAnswers, String... speaking) {
        for (int i = 0; i < seconds; i += STEP) {
            now = now.plusSeconds(STEP);
            if (brokerAnswers) {
                in.hears(now);
                for (String host : speaking) {
                    in.heard(host, now);
                }
            }
            in.look(now);
        }
    }

    private List<String> silent(HostWatch in) {
        return in.firing().stream()
                .map(alert -> alert.subject().host())
                .sorted()
                .toList();
    }

    @Test
    void aHostThatStopsToSpeakIsSilentAfterAMinuteAndSpeaksAgain() {
        pass(120, "n1", "n2");
        assertThat(silent(watch)).isEmpty();
        pass(55, "n1");
        assertThat(silent(watch)).isEmpty();
        pass(5, "n1");
        assertThat(silent(watch)).containsExactly("n2");
        Wanted alert = watch.firing().getFirst();
        assertThat(alert.labels().asMap())
                .containsEntry("alertname", "HostSilent")
                .containsEntry("severity", "critical")
                .containsEntry("host", "n2");
        pass(600, "n1");
        assertThat(watch.firing()).containsExactly(alert); // the same, so that nothing is said again
        pass(5, "n1", "n2");
        assertThat(silent(watch)).isEmpty();
    }

    @Test
    void aSingleHostIsSilentToo() {
        pass(100, "n1");
        pass(60);
        assertThat(silent(watch)).containsExactly("n1");
    }

    @Test
    void noHostIsSilentBecauseTheBrokerIsAway() {
        pass(120, "n1", "n2");
        pass(watch, 3600, false);
        assertThat(silent(watch)).isEmpty();
        pass(60); // it is back, the agents are not yet
        assertThat(silent(watch)).isEmpty();
        pass(5, "n1");
        assertThat(silent(watch)).containsExactly("n2");
    }

    @Test
    void whatIsSilentStaysSoWhileTheBrokerIsAway() {
        pass(120, "n1", "n2");
        pass(60, "n1");
        pass(watch, 600, false);
        assertThat(silent(watch)).containsExactly("n2");
    }

    @Test
    void aStartMakesNoHostSilent() {
        watch.heard("n1", T0.minusSeconds(7200)); // its inventory is as old as the router was away
        pass(60);
        assertThat(silent(watch)).isEmpty();
        pass(5);
        assertThat(silent(watch)).containsExactly("n1"); // it fell silent while the router was away
    }

    @Test
    void aClockThatJumpsMakesNoHostSilent() {
        pass(120, "n1");
        now = now.plus(Duration.ofHours(3));
        pass(30, "n1");
        assertThat(silent(watch)).isEmpty();
        now = now.minus(Duration.ofHours(5));
        pass(30, "n1");
        assertThat(silent(watch)).isEmpty();
    }

    @Test
    void aHostThatWasSilentIsSoAfterARestartWithoutABreak() {
        pass(100, "n1");
        pass(60);
        Wanted before = watch.firing().getFirst();
        var alert = new Alert(
                before.labels(), before.annotations(), before.startsAt(), now.plus(Told.KEPT), now, "", false);

        var next = new HostWatch(BuiltInSettings.DEFAULTS);
        next.adopt(List.of(alert));
        assertThat(next.firing()).containsExactly(before);
        pass(next, 30, true);
        assertThat(next.firing()).containsExactly(before);
        pass(next, 5, true, "n1");
        assertThat(next.firing()).isEmpty();
    }

    @Test
    void aHostThatIsSilentForADayIsForgottenAndNothingOfItIsDecidedBeforeItIsSure() {
        watch.heard("n1", T0.minus(Duration.ofDays(2)));
        watch.hears(T0);
        watch.look(T0);
        assertThat(watch.isUndecided("n1", T0)).isTrue();
        assertThat(watch.isForgotten("n1", T0)).isFalse();
        pass(60);
        assertThat(watch.isUndecided("n1", now)).isFalse();
        assertThat(watch.isForgotten("n1", now)).isTrue();
        assertThat(silent(watch)).isEmpty();
        pass(5, "n1");
        assertThat(watch.isForgotten("n1", now)).isFalse();
        assertThat(watch.isForgotten("n7", now)).isFalse(); // never heard of
        assertThat(watch.isUndecided("n7", now)).isFalse();
    }

    @Test
    void aHostThatIsNoMoreIsNotSilent() {
        pass(100, "n1");
        watch.gone("n1");
        pass(100);
        assertThat(silent(watch)).isEmpty();
    }
}
