package caretaker.agent.containers;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.containers.ContainerEvent.Kind;
import caretaker.agent.containers.ContainerState.Health;
import caretaker.agent.containers.ContainerState.Phase;
import caretaker.agent.health.Finding;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import caretaker.testkit.Cases;
import caretaker.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is decided, by the clock of the test and without an engine. */
class ContainerWatchTest {
    private static final List<Kind> KINDS = List.of(Kind.values());
    private static final String ID = "a1".repeat(32);
    private static final Duration WINDOW = WatchRules.DEFAULT.restartWindow();

    private final ManualClock clock = new ManualClock();
    private final List<String> complaints = new ArrayList<>();
    private ContainerWatch watch = watch(WatchRules.DEFAULT);
    private boolean hostIsWell = true;
    private Instant started = clock.instant();

    private ContainerWatch watch(WatchRules rules) {
        return new ContainerWatch(rules, () -> hostIsWell, new ContainerWatch.Listener() {
            @Override
            public void tooMany() {
                complaints.add("too many");
            }

            @Override
            public void badWord(String container, String label, String value) {
                complaints.add(label + "=" + value);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({
        "1, WARNING, RESTART_CONTAINER",
        "125, CRITICAL, NONE",
        "126, CRITICAL, NONE",
        "127, CRITICAL, NONE",
        "134, CRITICAL, RESTART_CONTAINER",
        "137, WARNING, RESTART_CONTAINER",
        "139, CRITICAL, RESTART_CONTAINER",
        "143, WARNING, RESTART_CONTAINER",
        "255, WARNING, RESTART_CONTAINER"
    })
    void anExitCodeHasItsSeverityAndItsAction(int code, Severity severity, Action action) {
        runs();
        die(code);
        assertThat(only()).satisfies(finding -> {
            assertThat(finding.condition()).isEqualTo(Condition.CONTAINER_EXITED);
            assertThat(finding.severity()).isEqualTo(severity);
            assertThat(finding.action()).isEqualTo(action);
            assertThat(finding.code()).isEqualTo(Integer.toString(code));
        });
        happens(Kind.START, Map.of());
        assertThat(conditions()).isEmpty();
    }

    /** a signal to stop explains its own exit codes at any time, and any other for a minute. */
    @ParameterizedTest
    @CsvSource({
        "15, 143, 300, true",
        "15, 137, 300, true",
        "15, 0, 300, true",
        "15, 1, 59, true",
        "15, 1, 61, false",
        "9, 137, 1, true",
        "3, 131, 300, true",
        "1, 129, 1, false",
        "10, 1, 1, false",
        "x, 1, 1, false"
    })
    void aStopByAPersonIsRespected(String signal, int code, int seconds, boolean isRespected) {
        runs();
        happens(Kind.KILL, Map.of("signal", signal));
        clock.advance(Duration.ofSeconds(seconds));
        die(code);
        assertThat(conditions().isEmpty()).isEqualTo(isRespected);
        happens(Kind.STOP, Map.of()); // says so afterwards, whatever the code
        assertThat(conditions()).isEmpty();
    }

    /** not OOMKilled. */
    @Test
    void aLackOfMemoryIsNoStopByAPersonUnlessThePersonCameAfterIt() {
        runs();
        happens(Kind.OOM, Map.of());
        assertThat(conditions()).containsExactly(Condition.CONTAINER_OOM_KILLED);
        die(137);
        assertThat(conditions()).containsExactlyInAnyOrder(Condition.CONTAINER_OOM_KILLED, Condition.CONTAINER_EXITED);
        happens(Kind.START, Map.of());
        assertThat(conditions()).containsExactly(Condition.CONTAINER_OOM_KILLED);
        clock.advance(WINDOW.minusSeconds(1));
        assertThat(conditions()).containsExactly(Condition.CONTAINER_OOM_KILLED);
        clock.advance(Duration.ofSeconds(1));
        assertThat(conditions()).isEmpty();
        happens(Kind.OOM, Map.of()); // of a child
        happens(Kind.KILL, Map.of("signal", "15"));
        die(143);
        assertThat(conditions()).containsExactly(Condition.CONTAINER_OOM_KILLED);
        inspect(Phase.EXITED, 143, started, true);
        assertThat(conditions()).isEmpty();
    }

    @Test
    void theFlagOfTheEngineTellsALackOfMemoryThatNoEventTold() {
        runs();
        die(137);
        inspect(Phase.EXITED, 137, started, true);
        assertThat(conditions()).containsExactlyInAnyOrder(Condition.CONTAINER_OOM_KILLED, Condition.CONTAINER_EXITED);
    }

    @Test
    void aRestartLoopBeginsWithTheLastRestartOfTheWindowAndEndsAWindowAfterIt() {
        runs();
        for (int i = 0; i < 2; i++) {
            clock.advance(Duration.ofMinutes(3));
            die(1);
            assertThat(conditions()).containsExactly(Condition.CONTAINER_EXITED);
            happens(Kind.START, Map.of());
            assertThat(conditions()).isEmpty();
        }
        clock.advance(Duration.ofMinutes(3));
        die(1);
        happens(Kind.START, Map.of());
        assertThat(conditions()).containsExactly(Condition.CONTAINER_RESTART_LOOP);
        die(1);
        assertThat(conditions()).containsExactly(Condition.CONTAINER_RESTART_LOOP); // its ends are no news
        happens(Kind.START, Map.of());
        clock.advance(WINDOW.minusSeconds(1));
        assertThat(conditions()).containsExactly(Condition.CONTAINER_RESTART_LOOP);
        assertThat(watch.due()).isBeforeOrEqualTo(clock.instant().plusSeconds(1));
        clock.advance(Duration.ofSeconds(1));
        assertThat(conditions()).isEmpty();
    }

    @Test
    void restartsOutsideOfTheWindowAreNoLoop() {
        runs();
        for (int i = 0; i < 10; i++) {
            clock.advance(WINDOW.dividedBy(2));
            die(1);
            happens(Kind.START, Map.of());
            assertThat(conditions()).isEmpty();
        }
    }

    @Test
    void whenTheEngineGivesUpTheLoopIsOverAndTheExitIsNot() {
        runs();
        for (int i = 0; i < 3; i++) {
            die(4);
            happens(Kind.START, Map.of());
        }
        die(4);
        assertThat(conditions()).containsExactly(Condition.CONTAINER_RESTART_LOOP);
        inspect(Phase.RESTARTING, 4, started, false);
        assertThat(conditions()).containsExactly(Condition.CONTAINER_RESTART_LOOP);
        inspect(Phase.EXITED, 4, started, false);
        assertThat(conditions()).containsExactly(Condition.CONTAINER_EXITED);
    }

    @Test
    void restartsThatWereMissedCount() {
        runs();
        for (int i = 0; i < 3; i++) {
            clock.advance(Duration.ofMinutes(1));
            inspect(Phase.RUNNING, 0, clock.instant(), false);
        }
        assertThat(conditions()).containsExactly(Condition.CONTAINER_RESTART_LOOP);
    }

    @Test
    void badHealthWaitsAMomentForTheOutputOfItsCheck() {
        runs();
        happens(Kind.UNHEALTHY, Map.of());
        assertThat(conditions()).isEmpty();
        assertThat(watch.due()).isEqualTo(clock.instant().plus(WatchRules.DEFAULT.checkWait()));
        watch.takeWanted(10);
        watch.inspected(
                inspection(state(Phase.RUNNING, Health.UNHEALTHY, 0, started, List.of()), false, "no\n\"db\" 💥"),
                clock.instant());
        assertThat(only().evidence())
                .containsEntry("checkOutput", "no \"db\" 💥")
                .containsEntry("failingStreak", "3");
        happens(Kind.HEALTHY, Map.of());
        assertThat(conditions()).isEmpty();
        happens(Kind.UNHEALTHY, Map.of());
        clock.advance(WatchRules.DEFAULT.checkWait());
        assertThat(conditions()).containsExactly(Condition.CONTAINER_UNHEALTHY); // the engine is slow: without it
    }

    @Test
    void badHealthOutlastsARestartUntilTheCheckSucceeds() {
        runs();
        happens(Kind.UNHEALTHY, Map.of());
        clock.advance(Duration.ofSeconds(1));
        happens(Kind.KILL, Map.of("signal", "15"));
        die(143);
        happens(Kind.START, Map.of());
        watch.takeWanted(10);
        watch.inspected(
                inspection(state(Phase.RUNNING, Health.STARTING, 0, started, List.of()), false, ""), clock.instant());
        assertThat(conditions()).containsExactly(Condition.CONTAINER_UNHEALTHY);
        happens(Kind.HEALTHY, Map.of());
        assertThat(conditions()).isEmpty();
    }

    @Test
    void anAnswerThatAnEventHasOvertakenIsAskedForAgain() {
        runs();
        happens(Kind.UNHEALTHY, Map.of());
        assertThat(watch.takeWanted(10)).containsExactly(ID);
        die(1);
        watch.inspected(
                inspection(state(Phase.RUNNING, Health.UNHEALTHY, 0, started, List.of()), false, "x"), clock.instant());
        assertThat(conditions()).contains(Condition.CONTAINER_EXITED);
        assertThat(watch.state(ID).orElseThrow().phase()).isEqualTo(Phase.EXITED);
        assertThat(watch.takeWanted(10)).containsExactly(ID);
    }

    @Test
    void aListThatWasAskedForBeforeAContainerCameDoesNotRemoveIt() {
        watch.listAsked();
        runs();
        watch.listed(List.of(), false);
        assertThat(watch.state(ID)).isPresent();
        watch.listAsked();
        watch.listed(List.of(), false);
        assertThat(watch.state(ID)).isEmpty();
    }

    @Test
    void whatEndedLongBeforeTheAgentCameIsNoNews() {
        for (int hours : new int[] {23, 25}) {
            watch = watch(WatchRules.DEFAULT);
            watch.listed(List.of(state(Phase.EXITED, Health.NONE, 1, null, List.of())), true);
            watch.takeWanted(1);
            Instant finished = clock.instant().minus(Duration.ofHours(hours));
            watch.inspected(
                    new Inspection(
                            state(Phase.EXITED, Health.NONE, 1, finished.minusSeconds(9), List.of()),
                            0,
                            finished,
                            false,
                            "",
                            null,
                            "no",
                            false,
                            "",
                            0),
                    clock.instant());
            assertThat(conditions()).hasSize(hours < 24 ? 1 : 0);
        }
    }

    @Test
    void projectsAndLabelsSayWhoIsWatched() {
        for (String word : List.of("false", "0", "No", "OFF", " off ")) {
            assertThat(raises(WatchRules.DEFAULT, "p", word)).isFalse();
        }
        for (String word : List.of("true", "1", "yes", "on")) {
            assertThat(raises(WatchRules.DEFAULT, "p", word)).isTrue();
        }
        assertThat(complaints).isEmpty();
        assertThat(raises(WatchRules.DEFAULT, "p", "nope")).isTrue();
        assertThat(complaints).containsExactly("caretaker.watch=nope");
        var some = new WatchRules(3, WINDOW, Duration.ofDays(1), Duration.ZERO, Set.of("p"), Set.of());
        assertThat(raises(some, "p", "yes")).isTrue();
        assertThat(raises(some, "q", "yes")).isFalse();
        assertThat(raises(some, "", "yes")).isFalse();
        var others = new WatchRules(3, WINDOW, Duration.ofDays(1), Duration.ZERO, Set.of(), Set.of("p"));
        assertThat(raises(others, "p", "yes")).isFalse();
        assertThat(raises(others, "", "yes")).isTrue();
    }

    private boolean raises(WatchRules rules, String project, String word) {
        watch = watch(rules);
        var info = new ContainerInfo(ID, "web", "image", project, "web");
        var seen = ContainerWatch.unseen(info, 1, Map.of("caretaker.watch", word));
        watch.happened(event(Kind.START, Map.of()), seen, clock.instant());
        watch.happened(event(Kind.DIE, Map.of("exitCode", "1")), seen, clock.instant());
        return !conditions().isEmpty();
    }

    /** only while the host's own GPUs are well. */
    @Test
    void aContainerThatLostItsGpusIsToldFromAHostThatLostThem() {
        runs();
        inspected(state(Phase.RUNNING, Health.NONE, 0, started, List.of("all")));
        assertThat(watch.gpuContainers()).containsEntry(ID, 4711L);
        watch.gpuDevices(ID, true);
        assertThat(conditions()).containsExactly(Condition.GPU_CONTAINER_LOST_GPU);
        hostIsWell = false;
        assertThat(conditions()).isEmpty();
        hostIsWell = true;
        happens(Kind.START, Map.of());
        assertThat(conditions()).isEmpty();
    }

    /** Nobody tells that a check which failed once is well again, so it must not raise what only that would clear. */
    @Test
    void aCheckThatFailedOnceDoesNotSayThatTheGpusAreLost() {
        runs();
        checked(Health.HEALTHY);
        assertThat(conditions()).isEmpty();
        happens(Kind.UNHEALTHY, Map.of());
        checked(Health.UNHEALTHY);
        assertThat(conditions()).containsExactly(Condition.CONTAINER_UNHEALTHY, Condition.GPU_CONTAINER_LOST_GPU);
        happens(Kind.HEALTHY, Map.of());
        assertThat(conditions()).isEmpty();
    }

    private void checked(Health health) {
        watch.takeWanted(10);
        var seen = state(Phase.RUNNING, health, 0, started, List.of("all"));
        watch.inspected(inspection(seen, false, "Failed to initialize NVML: Unknown Error"), clock.instant());
    }

    @Test
    void aLackOfMemoryOfALongRunIsNoNewsToAnAgentThatStarts() {
        Instant longAgo = clock.instant().minus(WatchRules.DEFAULT.newsAge()).minusSeconds(1);
        listed(longAgo);
        assertThat(conditions()).isEmpty();
        watch = watch(WatchRules.DEFAULT);
        listed(longAgo.plusSeconds(2));
        assertThat(conditions()).containsExactly(Condition.CONTAINER_OOM_KILLED);
    }

    private void listed(Instant startedAt) {
        ContainerState seen = state(Phase.RUNNING, Health.NONE, 0, startedAt, List.of());
        watch.listed(List.of(seen), true);
        watch.takeWanted(1);
        watch.inspected(inspection(seen, true, ""), clock.instant());
    }

    /** Whatever the order of things: only containers that are there have conditions, and nothing fails. */
    @Test
    void anyOrderOfEventsIsTaken() {
        Cases.forEach(random -> random.ints(200, 0, KINDS.size() + 4).toArray(), steps -> {
            watch = watch(WatchRules.DEFAULT);
            for (int step : steps) {
                clock.advance(Duration.ofSeconds(step));
                if (step < KINDS.size()) {
                    happens(KINDS.get(step), Map.of("exitCode", "" + step, "signal", "" + step));
                } else if (step == KINDS.size()) {
                    watch.listed(List.of(), true);
                } else if (step == KINDS.size() + 1) {
                    inspect(Phase.EXITED, 1, clock.instant(), true);
                } else {
                    inspect(Phase.RUNNING, 0, clock.instant(), false);
                }
                assertThat(watch.findings(clock.instant())).hasSizeLessThanOrEqualTo(4);
            }
            happens(Kind.DESTROY, Map.of());
            assertThat(conditions()).isEmpty();
        });
    }

    private void runs() {
        happens(Kind.START, Map.of());
    }

    private void die(int code) {
        happens(Kind.DIE, Map.of("exitCode", Integer.toString(code)));
    }

    private void happens(Kind kind, Map<String, String> attributes) {
        clock.advance(Duration.ofMillis(1));
        if (kind == Kind.START) {
            started = clock.instant();
        }
        var info = new ContainerInfo(ID, "web", "image", "", "");
        watch.happened(event(kind, attributes), ContainerWatch.unseen(info, 0, Map.of()), clock.instant());
    }

    private ContainerEvent event(Kind kind, Map<String, String> attributes) {
        Instant now = clock.instant();
        return new ContainerEvent(ID, kind, now.getEpochSecond() * 1_000_000_000L + now.getNano(), attributes);
    }

    private void inspect(Phase phase, int exitCode, Instant startedAt, boolean oomKilled) {
        happens(Kind.CHANGED, Map.of());
        watch.takeWanted(10);
        watch.inspected(
                inspection(state(phase, Health.NONE, exitCode, startedAt, List.of()), oomKilled, ""), clock.instant());
    }

    private void inspected(ContainerState state) {
        watch.takeWanted(10);
        watch.inspected(inspection(state, false, ""), clock.instant());
    }

    private Inspection inspection(ContainerState state, boolean oomKilled, String output) {
        return new Inspection(
                state,
                state.isAlive() ? 4711 : 0,
                state.isAlive() ? null : clock.instant(),
                oomKilled,
                "",
                output.isEmpty() ? null : new Inspection.Check(3, 1, output),
                "always",
                false,
                "",
                0);
    }

    private static ContainerState state(
            Phase phase, Health health, int exitCode, @Nullable Instant startedAt, List<String> gpus) {
        return new ContainerState(
                new ContainerInfo(ID, "web", "image", "", ""),
                0,
                phase,
                health,
                exitCode,
                startedAt,
                0,
                Map.of(),
                List.of(),
                Map.of(),
                gpus);
    }

    private Finding only() {
        List<Finding> findings = watch.findings(clock.instant());
        assertThat(findings).hasSize(1);
        return findings.getFirst();
    }

    private List<Condition> conditions() {
        return watch.findings(clock.instant()).stream().map(Finding::condition).toList();
    }
}
