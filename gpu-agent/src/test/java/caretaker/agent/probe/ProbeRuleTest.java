package caretaker.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.probe.Expectation.Verdict;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Whose failures count. */
class ProbeRuleTest {
    private static final ProbeSpec DECLARED = ProbeSpec.of(
            "grafana", new Target(Target.Scheme.HTTP, "172.17.0.2", 3000, "/api/health"), new Expectation.Grafana());
    private static final Verdict REFUSED = new Verdict.Bad("Connection refused", true);
    private static final Verdict FAILING = new Verdict.Bad("its database is not ok");
    private static final Instant STARTED = Instant.EPOCH;
    private static final Instant NOW = STARTED.plusSeconds(3_600);

    private static void take(ProbeRule rule, Verdict verdict, int times) {
        for (int i = 0; i < times; i++) {
            rule.take(verdict, STARTED, NOW);
        }
    }

    /** a Grafana that listens at another port is no failure of it, and no reason to restart it. */
    @Test
    void whereNobodyHasEverAnsweredNobodyIsMissed() {
        var rule = new ProbeRule(DECLARED.asAssumed(), false);
        take(rule, REFUSED, 100);
        assertThat(rule.isRaised()).isFalse();
        take(rule, FAILING, 3);
        assertThat(rule.isRaised()).as("it answers, and says that it is ill").isTrue();
    }

    @Test
    void whoHasAnsweredIsMissed() {
        var rule = new ProbeRule(DECLARED.asAssumed(), false);
        take(rule, Expectation.WELL, 1);
        take(rule, REFUSED, 3);
        assertThat(rule.isRaised()).isTrue();
        var anew = new ProbeRule(DECLARED.asAssumed(), true);
        take(anew, REFUSED, 3);
        assertThat(anew.isRaised()).as("it answered before it was created anew").isTrue();
    }

    @Test
    void whatWasDeclaredIsBelieved() {
        var rule = new ProbeRule(DECLARED, false);
        take(rule, REFUSED, 3);
        assertThat(rule.isRaised()).isTrue();
    }
}
