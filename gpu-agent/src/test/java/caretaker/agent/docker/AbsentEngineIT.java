package caretaker.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.health.Finding;
import caretaker.agent.health.HealthLedger;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent.State;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A socket that is not there: it may never have been, or it has gone while no agent ran. */
class AbsentEngineIT {
    private static final String NOWHERE = "host: unix:///nowhere/docker.sock";

    @Test
    void whereAFormerRunHadContainersItsAbsenceIsACondition() {
        var former = new HealthLedger("gpu-01", "former", InstantSource.system(), _ -> {});
        former.raise(
                "containers",
                new Finding(
                        Condition.CONTAINER_EXITED, Finding.container("c".repeat(64), "web"), "1", "ended", Map.of()));
        try (var host = new WatchedHost(NOWHERE, ledger -> ledger.restore(former.state()))) {
            host.event("gpu-01", Condition.DOCKER_UNAVAILABLE, State.RAISED);
        }
    }

    @Test
    void whereNobodyEverHadOneItIsNone() {
        try (var host = new WatchedHost(NOWHERE)) {
            Awaitility.await()
                    .during(Duration.ofMillis(500))
                    .atMost(WatchedHost.LIMIT)
                    .until(host.events::isEmpty);
            assertThat(host.watcher.snapshot().known()).isFalse();
        }
    }
}
