package caretaker.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** who ended a run. */
class StopsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    private final Stops stops = new Stops();

    @Test
    void aSignalThatEndsOrAStopIsSomebodysWishUntilTheNextStart() {
        stops.heard("a", "kill", "1", NOW);
        assertThat(stops.wasStopped("a", ""))
                .as("HUP means: read your settings")
                .isFalse();
        stops.heard("a", "kill", "15", NOW);
        stops.heard("a", "die", "", NOW);
        assertThat(stops.wasStopped("a", "")).isTrue();
        stops.heard("a", "start", "", NOW);
        assertThat(stops.wasStopped("a", "")).isFalse();
        stops.heard("b", "stop", "", NOW);
        assertThat(stops.wasStopped("b", "")).isTrue();
    }

    @Test
    void aContainersOwnStopSignalCounts() {
        stops.heard("a", "kill", "28", NOW);
        assertThat(stops.wasStopped("a", "")).isFalse();
        assertThat(stops.wasStopped("a", "SIGWINCH")).isTrue();
        stops.heard("b", "kill", "SIGRTMIN+3", NOW);
        assertThat(stops.wasStopped("b", "37")).isTrue();
    }

    @Test
    void whatTheServiceItselfDoesIsNobodysWish() {
        stops.ours("a", NOW, NOW.plusSeconds(5));
        stops.heard("a", "kill", "15", NOW.plusSeconds(1));
        stops.heard("a", "stop", "", NOW.plusSeconds(5));
        assertThat(stops.wasStopped("a", "")).isFalse();
        stops.heard("a", "stop", "", NOW.plusSeconds(6));
        assertThat(stops.wasStopped("a", "")).isTrue();
    }

    @Test
    void itRemembersABoundedNumberOfContainers() {
        for (int i = 0; i < 20_000; i++) {
            stops.heard("c" + i, "stop", "", NOW);
        }
        assertThat(stops.wasStopped("c0", "")).isFalse();
        assertThat(stops.wasStopped("c19999", "")).isTrue();
    }
}
