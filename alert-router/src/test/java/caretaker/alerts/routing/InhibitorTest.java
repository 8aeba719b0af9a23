package caretaker.alerts.routing;

import static caretaker.alerts.routing.Made.T0;
import static caretaker.alerts.routing.Made.at;
import static caretaker.alerts.routing.Made.firing;
import static caretaker.alerts.routing.Made.matchers;
import static caretaker.alerts.routing.Made.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class InhibitorTest {
    private static final InhibitRule CRITICAL_HIDES_WARNING =
            InhibitRule.of(matchers("severity=critical"), matchers("severity=warning"), "node");

    private final Alert critical = firing("severity", "critical", "node", "1");
    private final LabelSet warning = LabelSet.of("severity", "warning", "node", "1");

    private static Inhibitor inhibitor(InhibitRule rule, Alert... alerts) {
        var inhibitor = new Inhibitor(List.of(rule));
        List.of(alerts).forEach(inhibitor::put);
        return inhibitor;
    }

    @Test
    void h1ATargetIsQuietWhileASourceWithEqualLabelsFires() {
        Inhibitor inhibitor = inhibitor(CRITICAL_HIDES_WARNING, critical);

        assertThat(inhibitor.inhibiting(warning, T0)).contains(critical.fingerprint());
        assertThat(inhibitor.inhibiting(LabelSet.of("severity", "warning", "node", "2"), T0))
                .isEmpty();
        assertThat(inhibitor.inhibiting(LabelSet.of("severity", "info", "node", "1"), T0))
                .isEmpty();
    }

    @Test
    void h2MissingAndEmptyLabelsAreEqual() {
        Inhibitor inhibitor = inhibitor(CRITICAL_HIDES_WARNING, firing("severity", "critical"));

        assertThat(inhibitor.inhibiting(LabelSet.of("severity", "warning"), T0)).isPresent();
        assertThat(inhibitor.inhibiting(LabelSet.of("severity", "warning", "node", ""), T0))
                .isPresent();
        assertThat(inhibitor.inhibiting(warning, T0)).isEmpty();
    }

    @Test
    void h2WithoutEqualLabelsAnySourceWillDo() {
        Inhibitor inhibitor =
                inhibitor(InhibitRule.of(matchers("severity=critical"), matchers("severity=warning")), critical);

        assertThat(inhibitor.inhibiting(LabelSet.of("severity", "warning", "node", "9"), T0))
                .isPresent();
    }

    @Test
    void h3WhatMatchesBothSidesIsNotInhibitedByWhatDoesToo() {
        InhibitRule both = InhibitRule.of(matchers("severity=~\"critical|warning\""), matchers("node=1"), "node");
        Alert self = firing("severity", "critical", "node", "1");
        Inhibitor inhibitor = inhibitor(both, self, firing("severity", "warning", "node", "1"));

        assertThat(inhibitor.inhibiting(self.labels(), T0)).isEmpty();
        assertThat(inhibitor.inhibiting(LabelSet.of("severity", "info", "node", "1"), T0))
                .as("a target that is no source")
                .isPresent();
    }

    @Test
    void h4ResolvedSourcesDoNotInhibit() {
        Inhibitor inhibitor = inhibitor(CRITICAL_HIDES_WARNING, resolved(critical, at("1M")));

        assertThat(inhibitor.inhibiting(warning, at("59S"))).isPresent();
        assertThat(inhibitor.inhibiting(warning, at("1M"))).isEmpty();
    }

    @Test
    void h5ADroppedSourceIsForgotten() {
        Inhibitor inhibitor = inhibitor(CRITICAL_HIDES_WARNING, critical);

        inhibitor.remove(critical);

        assertThat(inhibitor.inhibiting(warning, T0)).isEmpty();
    }

    @Test
    void h6ASourceThatResolvesDoesNotHideAnotherThatFires() {
        Alert other = firing("severity", "critical", "node", "1", "gpu", "2");
        Inhibitor inhibitor = inhibitor(CRITICAL_HIDES_WARNING, other, critical);

        inhibitor.put(resolved(critical, at("1M")));

        assertThat(inhibitor.inhibiting(warning, at("2M"))).contains(other.fingerprint());
    }

    @Test
    void h6ASourceThatIsATargetTooDoesNotHideOneThatIsNot() {
        InhibitRule rule = InhibitRule.of(matchers("severity=~\"critical|warning\""), matchers("t=1"), "node");
        Alert twoSided = firing("severity", "warning", "node", "1", "t", "1");
        Alert oneSided = firing("severity", "critical", "node", "1");
        LabelSet target = LabelSet.of("severity", "warning", "node", "1", "t", "1", "gpu", "0");

        assertThat(inhibitor(rule, twoSided).inhibiting(target, T0)).isEmpty();
        assertThat(inhibitor(rule, twoSided, oneSided).inhibiting(target, T0)).contains(oneSided.fingerprint());
    }

    @Test
    void ofSeveralSourcesAllMustFire() {
        var rule = new InhibitRule(
                "rack",
                matchers("severity=warning"),
                List.of(
                        new InhibitRule.Source(matchers("alertname=PowerLost"), List.of("rack")),
                        new InhibitRule.Source(matchers("alertname=SwitchDown"), List.of())));
        Alert power = firing("alertname", "PowerLost", "rack", "a");
        LabelSet target = LabelSet.of("severity", "warning", "rack", "a");

        assertThat(inhibitor(rule, power).inhibiting(target, T0)).isEmpty();
        assertThat(inhibitor(rule, power, firing("alertname", "SwitchDown")).inhibiting(target, T0))
                .contains(power.fingerprint());
    }
}
