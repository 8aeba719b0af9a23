package caretaker.recovery.incident;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.incident.Input.Result;
import caretaker.testkit.Cases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Made-up faults, crashes, replays and answers, the same in every run: what must hold whatever happens. */
class SimulationTest {
    /** at most one write for an operation, bounded attempts, and it rests at the end. */
    @Test
    void whateverHappensAnOperationIsWrittenOnceAndEverythingRests() {
        Cases.forEach(random -> random, SimulationTest::run);
    }

    private static void run(RandomGenerator random) {
        var scene = new Scene("host-actions: 50\ncluster-actions: 50\nbreaker-floor: 50\n");
        List<Sighting> all = List.of(
                scene.container("a"),
                scene.container("b", "com.docker.compose.depends_on", "a:service_started:true"),
                scene.container("c", "com.docker.compose.depends_on", "b:service_started:false"));
        List<HealthEvent> told = new ArrayList<>();
        scene.worker = perform -> switch (random.nextInt(6)) {
            case 0 -> new Result.Refused("500");
            case 1 -> new Result.Unknown("cut off");
            case 2 -> {
                scene.work(perform);
                yield new Result.Unknown("too late");
            }
            case 3 -> {
                scene.work(perform);
                throw new Scene.Killed();
            }
            default -> scene.work(perform);
        };
        for (int step = 0; step < 25; step++) {
            try {
                step(scene, all.get(random.nextInt(all.size())), told, random);
            } catch (Scene.Killed e) {
                again(scene);
            }
        }
        scene.before = _ -> {};
        scene.worker = scene::work;
        scene.restart();
        scene.minutes(90);
        assertThat(scene.writes.values()).as("writes for each operation").allMatch(count -> count == 1);
        assertThat(scene.recoveries.states(scene.clock.instant())).allSatisfy(state -> {
            assertThat(state.attempts()).hasSizeLessThanOrEqualTo(8);
            assertThat(state.phase()).isIn(Phase.OK, Phase.QUARANTINED, Phase.SUSPECT);
        });
    }

    /** The engine's answers may kill it while it resumes, too. */
    private static void again(Scene scene) {
        scene.before = _ -> {};
        for (int i = 0; i < 50; i++) {
            try {
                scene.restart();
                return;
            } catch (Scene.Killed e) {
                assertThat(i).isLessThan(49);
            }
        }
    }

    private static void step(Scene scene, Sighting of, List<HealthEvent> told, RandomGenerator random) {
        switch (random.nextInt(7)) {
            case 0 -> {
                if (scene.now(of).state() == State.RUNNING) {
                    told.add(scene.dies(of, 1));
                }
            }
            case 1 -> told.forEach(scene::tell);
            case 2 -> scene.restart();
            case 3 -> {
                int[] left = {random.nextInt(8)};
                scene.before = _ -> {
                    if (left[0]-- == 0) {
                        throw new Scene.Killed();
                    }
                };
            }
            case 4 -> scene.tell(scene.event(scene.now(of), Condition.CONTAINER_UNHEALTHY, ""));
            case 5 -> scene.list();
            default -> scene.pass(Duration.ofSeconds(random.nextInt(120)));
        }
    }

    /** Every repair is made however much is told of others, and what is none of ours leaves nothing behind. */
    @Test
    void noRepairIsStarvedByNoise() {
        var scene = new Scene("host-actions: 1000\ncluster-actions: 1000\nbreaker-floor: 1000\n");
        List<Sighting> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(scene.container("c" + i));
        }
        Sighting noisy = scene.container("noisy", "caretaker.recovery", "no");
        for (Sighting each : all) {
            for (int i = 0; i < 50; i++) {
                scene.tell(scene.event(noisy, Condition.CONTAINER_UNHEALTHY, ""));
            }
            scene.dies(each, 1);
        }
        scene.minutes(2);
        assertThat(scene.performed)
                .hasSize(60)
                .allMatch(each -> each.operation().action() == Action.START);
        assertThat(scene.states).hasSize(60);
    }
}
