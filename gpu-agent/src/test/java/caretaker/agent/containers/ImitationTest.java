package caretaker.agent.containers;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.containers.ContainerState.Health;
import caretaker.agent.containers.ContainerState.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whoever starts a container writes its labels: it may say that it is another one's compose service. */
class ImitationTest {
    private final ContainerWatch watch =
            new ContainerWatch(WatchRules.DEFAULT, () -> true, new ContainerWatch.Listener() {
                @Override
                public void tooMany() {}

                @Override
                public void badWord(String container, String label, String value) {}
            });

    @Test
    void aContainerThatSaysItIsAnothersServiceIsCountedAndItsIdAndNameStayItsOwn() {
        ContainerState imitation = container("b", "intruder", "research", "grafana", 1);
        watch.listed(
                List.of(
                        container("a", "research-grafana-1", "research", "grafana", 1),
                        container("c", "research-grafana-2", "research", "grafana", 2),
                        container("d", "one", "", "", 0),
                        container("e", "two", "", "", 0)),
                false);
        assertThat(watch.imitations()).isZero();

        watch.listed(List.of(container("a", "research-grafana-1", "research", "grafana", 1), imitation), false);
        assertThat(watch.imitations()).isEqualTo(1);
        assertThat(imitation.identity())
                .containsEntry("containerId", "b".repeat(64))
                .containsEntry("name", "intruder");
    }

    private static ContainerState container(String id, String name, String project, String service, int number) {
        return new ContainerState(
                new ContainerInfo(id.repeat(64), name, "image", project, service),
                number,
                Phase.RUNNING,
                Health.NONE,
                0,
                Instant.EPOCH,
                0,
                Map.of(),
                List.of(),
                Map.of(),
                List.of());
    }
}
