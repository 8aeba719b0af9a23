package caretaker.alerts.differential;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.TestBroker;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Debian's Alertmanager (0.25) and the alert router have the same configuration and get the same alerts and silences;
 * what receivers are told and what the API answers has to be the same, but for times.
 *
 * <p>Two Alertmanagers play along. Where they differ from each other, or where a side is late, the machine was too slow
 * for the times of the scenario, and it is played again.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DifferentialIT {
    private static final int PLAYS = 5;

    /** Scenarios that are played at once; fewer when they are played again, since the machine is slow then. */
    private static final int MOST = 50;

    private static final int FEW = 15;

    /** More of them look further: {@code -Ddifferential.seeds=100 -Ddifferential.from=1000}. */
    private static final int SEEDS = Integer.getInteger("differential.seeds", 24);

    private static final int FROM = Integer.getInteger("differential.from", 0);

    private final List<Scenario> scenarios = scenarios();
    private final List<Scenario> reloading = ReloadScripts.all();
    private final Map<String, String> differences = new HashMap<>();

    private static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        all.addAll(RoutingScripts.all());
        all.addAll(QuietScripts.all());
        all.addAll(ReceiverScripts.all());
        for (long seed = FROM; seed < FROM + SEEDS; seed++) {
            all.add(Generated.of(seed));
        }
        return all;
    }

    @BeforeAll
    void play(@TempDir Path directory) throws Exception {
        play(scenarios, false, Files.createDirectory(directory.resolve("steady")));
        play(reloading, true, Files.createDirectory(directory.resolve("reloading"))); // by themselves: it is for all
    }

    private void play(List<Scenario> all, boolean reloads, Path directory) throws Exception {
        List<Scenario> left = all;
        for (int i = 0; i < PLAYS && !left.isEmpty(); i++) {
            List<Scenario> again = new ArrayList<>();
            int most = i == 0 ? MOST : FEW;
            for (int from = 0; from < left.size(); from += most) {
                Path own = Files.createDirectory(directory.resolve("play" + i + "-" + from));
                again.addAll(playOnce(left.subList(from, Math.min(left.size(), from + most)), reloads, own));
            }
            left = again;
        }
    }

    private static String config(List<Scenario> wanted, boolean reloaded) throws Exception {
        return new JsonMapper().writeValueAsString(Scenario.merged(wanted, reloaded));
    }

    /** Plays scenarios; which have to be played again. */
    private List<Scenario> playOnce(List<Scenario> wanted, boolean reloads, Path directory) throws Exception {
        String config = config(wanted, false);
        String reloaded = config(wanted, true);
        List<Scenario> again = new ArrayList<>();
        try (Side one = Side.alertmanager("alertmanager", directory, config);
                Side two = Side.alertmanager("alertmanager-too", directory, config);
                Side ours = Side.ours(directory, config, TestBroker.shared())) {
            List<Side> sides = List.of(one, two, ours);
            Play play = Play.of(wanted, sides, () -> {
                if (reloads) {
                    assertThat(sides)
                            .allSatisfy(side ->
                                    assertThat(side.reload(directory, reloaded)).isEqualTo(200));
                }
            });
            for (Scenario scenario : wanted) {
                String name = scenario.name();
                String noise = play.difference(one, two, name);
                String difference = noise == null ? play.difference(one, ours, name) : noise;
                if (difference == null) {
                    differences.remove(name);
                } else {
                    differences.put(name, difference);
                    if (noise != null || play.isLate(one, ours, name)) {
                        again.add(scenario);
                    }
                }
            }
        }
        return again;
    }

    Stream<String> names() {
        return Stream.concat(scenarios.stream(), reloading.stream()).map(Scenario::name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void theSameIsTold(String scenario) {
        assertThat(differences.get(scenario)).isNull();
    }
}
