package caretaker.alerts.differential;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.TestBroker;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Debian's Alertmanager (0.25) and the alert router have the same configuration and get the same alerts and silences;
 * what receivers are told and what the API answers has to be the same, but for times.
 *
 * <p>Two Alertmanagers play along. Where they differ from each other, the machine was too slow for the times of the
 * scenarios, and everything is played again.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DifferentialIT {
    private static final int PLAYS = 3;
    private static final int SEEDS = Integer.getInteger("differential.seeds", 24);

    private final List<Scenario> scenarios = scenarios();
    private final List<Side> sides = new ArrayList<>();
    private final Set<String> noisy = new LinkedHashSet<>();
    private Play play = new Play();

    private static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        all.addAll(RoutingScripts.all());
        all.addAll(QuietScripts.all());
        all.addAll(ReceiverScripts.all());
        for (long seed = 0; seed < SEEDS; seed++) {
            all.add(Generated.of(seed));
        }
        return all;
    }

    @BeforeAll
    void playUntilTheAlertmanagersAgree(@TempDir Path directory) throws Exception {
        String config = new JsonMapper().writeValueAsString(Scenario.merged(scenarios));
        for (int i = 0; i < PLAYS; i++) {
            close();
            Path own = Files.createDirectory(directory.resolve("play" + i));
            sides.add(Side.alertmanager("alertmanager", own, config));
            sides.add(Side.alertmanager("alertmanager-too", own, config));
            sides.add(Side.ours(own, config, TestBroker.shared()));
            play = Play.of(scenarios, sides);
            noisy.clear();
            for (Scenario scenario : scenarios) {
                if (play.difference(sides.get(0), sides.get(1), scenario.name(), key -> true) != null) {
                    noisy.add(scenario.name());
                }
            }
            if (noisy.isEmpty()) {
                return;
            }
        }
    }

    @AfterAll
    void close() {
        sides.forEach(Side::close);
        sides.clear();
    }

    Stream<String> names() {
        return scenarios.stream().map(Scenario::name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void theSameIsTold(String scenario) {
        assertThat(play.difference(sides.get(0), sides.get(1), scenario, key -> true))
                .as("two Alertmanagers, played %d times", PLAYS)
                .isNull();
        assertThat(play.difference(sides.get(0), sides.get(2), scenario, key -> key.startsWith("round")))
                .as("what the API says; nothing is sent yet")
                .isNull();
    }
}
