package caretaker.agent.containers;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.containers.ContainerState.Health;
import caretaker.agent.containers.ContainerState.Phase;
import caretaker.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a new run of the agent says of a container that ended long ago. */
class RememberedEndTest {
    private static final String ID = "a1".repeat(32);

    private final ManualClock clock = new ManualClock();
    private final ContainerWatch watch =
            new ContainerWatch(WatchRules.DEFAULT, () -> true, new ContainerWatch.Listener() {
                @Override
                public void tooMany() {}

                @Override
                public void badWord(String container, String label, String value) {}
            });

    @Test
    void anEndThatNobodyReportedIsTooOldToReport() {
        look();
        assertThat(watch.findings(clock.instant())).isEmpty();
    }

    /** Else the restart of an agent would say that the container is well. */
    @Test
    void anEndThatAFormerRunReportedStaysSo() {
        watch.remembering(ID::equals);
        look();
        assertThat(watch.findings(clock.instant())).hasSize(1);
    }

    private void look() {
        Instant ended = clock.instant().minus(WatchRules.DEFAULT.newsAge()).minus(Duration.ofHours(1));
        var info = new ContainerInfo(ID, "web", "image", "", "");
        var state = new ContainerState(
                info, 0, Phase.EXITED, Health.NONE, 1, ended, 0, Map.of(), List.of(), Map.of(), List.of());
        watch.listed(List.of(state), true);
        watch.takeWanted(1);
        watch.inspected(new Inspection(state, 0, ended, false, "", null, "no", false, "", 0), clock.instant());
    }
}
