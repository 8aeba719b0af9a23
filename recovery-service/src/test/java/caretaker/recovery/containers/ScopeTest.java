package caretaker.recovery.containers;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.ContainerIdentity;
import caretaker.recovery.containers.Scope.Consent;
import caretaker.recovery.containers.Sighting.Health;
import caretaker.recovery.containers.Sighting.State;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** whom the service may touch. */
class ScopeTest {
    private static final Scope ANY = new Scope(List.of(), List.of());

    static Sighting container(String project, String name, String... labels) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            all.put(labels[i], labels[i + 1]);
        }
        return new Sighting(
                project.isEmpty()
                        ? new ContainerIdentity("4f", name, "x", "", "", 0)
                        : new ContainerIdentity("4f", project + "-" + name + "-1", "x", project, name, 1),
                State.RUNNING,
                Health.NONE,
                0,
                false,
                null,
                null,
                0,
                "",
                false,
                all,
                List.of(),
                List.of(),
                List.of(),
                Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE", "1", "yes", "Yes", "on", "ON"})
    void yesInAnyOfItsWordsIsConsent(String word) {
        assertThat(ANY.of(container("lab", "web", Labels.RECOVERY, word), "")).isEqualTo(new Consent.Given(false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "False", "0", "no", "off", "OFF"})
    void noInAnyOfItsWordsIsNoneThoughItIsNamed(String word) {
        var named = new Scope(List.of(), List.of("lab/web"));
        assertThat(named.of(container("lab", "web", Labels.RECOVERY, word), "")).isInstanceOf(Consent.Refused.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " true", "ture", "enabled", "y", "2"})
    void whatIsNeitherIsUnclearAndNeverConsent(String word) {
        assertThat(ANY.of(container("lab", "web", Labels.RECOVERY, word), ""))
                .isEqualTo(new Consent.Unclear(Labels.RECOVERY, word));
        assertThat(ANY.of(container("lab", "web", Labels.RECOVERY, "yes", Labels.DRY_RUN, word), ""))
                .isEqualTo(new Consent.Unclear(Labels.DRY_RUN, word));
    }

    @Test
    void withoutALabelThereIsNoConsentUnlessItIsNamed() {
        assertThat(ANY.of(container("lab", "web"), "")).isInstanceOf(Consent.Refused.class);
        for (String named : List.of("lab/web/1", "lab/web", "lab-web-1")) {
            var scope = new Scope(List.of("other"), List.of(named));
            assertThat(scope.of(container("lab", "web"), "")).isEqualTo(new Consent.Given(false));
        }
    }

    @Test
    void anotherProjectIsOutOfScope() {
        var scope = new Scope(List.of("lab"), List.of());
        assertThat(scope.of(container("lab", "web", Labels.RECOVERY, "on"), "")).isEqualTo(new Consent.Given(false));
        assertThat(scope.of(container("shop", "web", Labels.RECOVERY, "on"), ""))
                .isInstanceOf(Consent.Refused.class);
        assertThat(scope.of(container("", "web", Labels.RECOVERY, "on"), "")).isInstanceOf(Consent.Refused.class);
    }

    @Test
    void neverItselfAndPartsOfCaretakerOnlyByName() {
        var named = new Scope(List.of(), List.of("lab/kafka"));
        Sighting kafka = container("lab", "kafka", Labels.RECOVERY, "true", Labels.ROLE, "kafka");
        assertThat(ANY.of(kafka, "")).isInstanceOf(Consent.Refused.class);
        assertThat(named.of(kafka, "")).isEqualTo(new Consent.Given(false));
        assertThat(named.of(kafka, "4f")).isInstanceOf(Consent.Refused.class);
    }

    @Test
    void aDryRunIsSaidByALabel() {
        assertThat(ANY.of(container("lab", "web", Labels.RECOVERY, "on", Labels.DRY_RUN, "1"), ""))
                .isEqualTo(new Consent.Given(true));
    }
}
