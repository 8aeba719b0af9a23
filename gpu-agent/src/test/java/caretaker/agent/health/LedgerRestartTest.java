package caretaker.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.Condition;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.State;
import caretaker.contracts.Readings;
import caretaker.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is raised when the agent ends, and what becomes of it when it starts again. */
class LedgerRestartTest {
    private static final Finding LOST = new Finding(
            Condition.GPU_LOST, Finding.gpu("GPU-1", 1), "", "GPU 1 is lost", Map.of("call", "x\ty\n\"é\""));
    private static final Finding COUNT =
            new Finding(Condition.GPU_COUNT_MISMATCH, Finding.host("h"), "", "one is missing", Map.of());

    @TempDir
    private Path dir;

    private final List<HealthEvent> events = new ArrayList<>();

    @Test
    void whatIsStillWrongIsNotRaisedTwiceAndWhatIsWellIsCleared() {
        // Given
        var first = ledger("first");
        first.settle("poll", List.of(LOST, COUNT));
        events.clear();

        // When
        var second = ledger("second");
        second.restore(first.state());
        second.settle("poll", List.of(LOST));

        // Then: a watcher may need a while to be sure
        assertThat(events).isEmpty();
        assertThat(second.isRaised(Condition.GPU_COUNT_MISMATCH, "h")).isTrue();

        // When
        second.confirmRestored();
        second.heard(List.of(gpu(GpuState.LOST)));
        second.settle("poll", List.of(LOST));

        // Then
        assertThat(events).hasSize(1);
        HealthEvent cleared = events.getFirst();
        assertThat(cleared.state()).isEqualTo(State.CLEARED);
        assertThat(cleared.condition()).isEqualTo(Condition.GPU_COUNT_MISMATCH);
        assertThat(cleared.agentId()).isEqualTo("second");
        assertThat(cleared.sequence()).isEqualTo(1);
        assertThat(cleared.evidence()).containsEntry("previousAgentId", "first").containsEntry("previousSequence", "2");

        // And later
        second.dropRestored(Set.of());
        second.settle("poll", List.of());
        assertThat(events).hasSize(2);
        assertThat(events.getLast().condition()).isEqualTo(Condition.GPU_LOST);
        assertThat(events.getLast().evidence()).doesNotContainKey("previousAgentId");
    }

    @Test
    void whatItsWatcherLooksAtNoMoreIsClearedWithAReason() {
        var first = ledger("first");
        first.raise("docker", LOST);
        events.clear();
        var second = ledger("second");
        second.restore(first.state());
        second.confirmRestored();
        second.settle("poll", List.of());
        assertThat(events).isEmpty();

        second.dropRestored(Set.of());

        assertThat(events).hasSize(1);
        assertThat(events.getFirst().state()).isEqualTo(State.CLEARED);
        assertThat(events.getFirst().evidence()).containsKeys("reason", "call");
        second.dropRestored(Set.of());
        assertThat(events).hasSize(1);
    }

    private static RuleSettings rules(Condition condition, boolean enabled, HealthEvent.@Nullable Severity severity) {
        var change = new RuleSettings.Change(enabled, severity, null, null);
        return new RuleSettings(Map.of(condition, change), RuleSettings.DEFAULT.throttle(), 50, 0);
    }

    @Test
    void aConditionThatNobodyWantsIsNotToldAndCountsForNoNumber() {
        var ledger = ledger("first");
        ledger.follow(rules(Condition.GPU_LOST, false, null));
        ledger.settle("poll", List.of(LOST, COUNT));
        ledger.occurred(LOST);
        assertThat(events).extracting(HealthEvent::condition).containsExactly(Condition.GPU_COUNT_MISMATCH);
        assertThat(ledger.isRaised(Condition.GPU_LOST, "GPU-1")).isTrue(); // for those who ask
        ledger.settle("poll", List.of());
        assertThat(events).extracting(HealthEvent::state).containsExactly(State.RAISED, State.CLEARED);
        assertThat(events).extracting(HealthEvent::sequence).containsExactly(1L, 2L);
    }

    @Test
    void aConditionThatNobodyWantsAnyMoreIsOverAtTheNextStart() {
        var first = ledger("first");
        first.settle("poll", List.of(LOST));
        events.clear();
        var second = ledger("second");
        second.follow(rules(Condition.GPU_LOST, false, null));
        second.restore(first.state());
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.state()).isEqualTo(State.CLEARED);
            assertThat(event.evidence()).containsKeys("reason", "previousAgentId");
        });
        second.settle("poll", List.of(LOST));
        assertThat(events).hasSize(1);
        assertThat(second.state().raised()).isEmpty();
    }

    @Test
    void theSeverityThatSomebodyWantsIsThatOfTheEvent() {
        var ledger = ledger("first");
        ledger.follow(rules(Condition.GPU_LOST, true, HealthEvent.Severity.WARNING));
        ledger.settle("poll", List.of(LOST));
        assertThat(events.getFirst().severity()).isEqualTo(HealthEvent.Severity.WARNING);
    }

    @Test
    void whatWasRestoredCanBeClearedAndIsRestoredOnceMore() {
        var first = ledger("first");
        first.settle("poll", List.of(LOST, COUNT));
        var second = ledger("second");
        second.restore(first.state());
        second.clear(Condition.GPU_LOST, "GPU-1");
        var third = ledger("third");
        events.clear();
        third.restore(second.state());
        assertThat(third.isRaised(Condition.GPU_LOST, "GPU-1")).isFalse();
        third.raise("other", COUNT);
        assertThat(events).isEmpty();
        third.occurred(COUNT);
        assertThat(events.getFirst().evidence())
                .containsEntry("previousAgentId", "second")
                .containsEntry("previousSequence", "1");
    }

    @Test
    void aRunThatSaysNothingDoesNotBreakTheLinkToTheOneBefore() throws IOException {
        // Given: a run that raised something, and one that only wrote its file
        var file = new LedgerFile(dir.resolve("conditions"));
        var first = ledger("first");
        first.settle("poll", List.of(LOST, COUNT));
        file.save(first.state());
        var second = ledger("second");
        second.restore(load(file));
        second.learnt(List.of(new GpuMemory("GPU-1", 3, 0)));
        file.save(second.state());
        events.clear();

        // When
        var third = ledger("third");
        third.restore(load(file));
        third.clear(Condition.GPU_LOST, "GPU-1");

        // Then
        assertThat(events)
                .singleElement()
                .satisfies(event -> assertThat(event.evidence())
                        .containsEntry("previousAgentId", "first")
                        .containsEntry("previousSequence", "2"));
        assertThat(third.state().agentId()).isEqualTo("third");
    }

    private static LedgerState load(LedgerFile file) throws IOException {
        return file.load() instanceof LedgerFile.Loaded.Found(LedgerState state) ? state : LedgerState.NONE;
    }

    @Test
    void theFileSaysWhatTheLedgerKnew() throws IOException {
        var file = new LedgerFile(dir.resolve("conditions"));
        assertThat(file.load()).isEqualTo(new LedgerFile.Loaded.Nothing());
        var ledger = ledger("first");
        ledger.settle("poll", List.of(LOST, COUNT));
        file.save(ledger.state());
        assertThat(file.load()).isEqualTo(new LedgerFile.Loaded.Found(ledger.state()));
        ledger.settle("poll", List.of());
        List<GpuMemory> learnt = List.of(new GpuMemory("GPU-1", 3, 0), new GpuMemory("GPU-2", 0, 12));
        var identity = new GpuIdentity("NVIDIA H100 80GB", "00000000:1B:00.0", "", "a+b%\n", "", "", "", "3", "", "é");
        List<KnownGpu> known = List.of(new KnownGpu("GPU-1", 1, identity), new KnownGpu("GPU-2", 2, GpuIdentity.NONE));
        List<CountedXid> xids = List.of(new CountedXid("GPU-1", 94, 7, 1_700_000_000_000L));
        ledger.countedBy(() -> xids);
        ledger.learnt(learnt);
        ledger.there(known);
        file.save(ledger.state());
        assertThat(file.load())
                .isEqualTo(new LedgerFile.Loaded.Found(new LedgerState("first", 4, List.of(), learnt, known, xids)));
        ledger.there(List.of()); // as long as nobody names any
        assertThat(ledger.known()).isEqualTo(known);
        var next = ledger("second");
        next.restore(ledger.state());
        assertThat(next.gpus()).isEqualTo(learnt);
        assertThat(next.known()).isEqualTo(known);
        assertThat(next.xids()).isEqualTo(xids);
        assertThat(next.state().xids()).isEqualTo(xids);
    }

    @Test
    void whatIsWrongWithAGpuIsNotOverBecauseItsDriverDoesNotAnswer() {
        // Given
        var first = ledger("first");
        first.settle("rules", List.of(LOST));
        events.clear();
        var second = ledger("second");
        second.restore(first.state());

        // When: no poll ends, or one that shows it without an answer
        second.confirmRestored();
        second.dropRestored(Set.of("rules"));
        second.heard(List.of());
        second.settle("rules", List.of());
        second.heard(List.of(gpu(GpuState.UNBOUND)));
        second.settle("rules", List.of());

        // Then
        assertThat(events).isEmpty();
        assertThat(second.raised(Condition.GPU_LOST)).containsExactly("GPU-1");

        // When
        second.heard(List.of(gpu(GpuState.OK)));
        second.settle("rules", List.of());

        // Then
        assertThat(events).extracting(HealthEvent::state).containsExactly(State.CLEARED);
    }

    @Test
    void aGpuThatIsNotThereAnyMoreHasNothingWrongWithIt() {
        var first = ledger("first");
        first.settle("rules", List.of(LOST));
        var second = ledger("second");
        second.restore(first.state());
        second.confirmRestored();
        events.clear();
        second.heard(List.of(new GpuReading().uuid("GPU-2").state(GpuState.OK)));
        second.settle("rules", List.of());
        assertThat(events).extracting(HealthEvent::state).containsExactly(State.CLEARED);
    }

    @Test
    void aGpuThatAFormerRunWasToldIsLostIsBackWhenItHasAnsweredForAMinute() {
        var first = ledger("first");
        new LostGpus(first).lost(LOST);
        var second = ledger("second");
        second.restore(first.state());
        second.confirmRestored();
        events.clear();
        var lost = new LostGpus(second);
        var readings = new Readings();
        readings.gpuCount(1).getFirst().copyFrom(gpu(GpuState.OK));
        lost.polled(readings, 0);
        second.dropRestored(Set.of(LostGpus.WATCHER));
        lost.polled(readings, LostGpus.PATIENCE.toNanos() - 1);
        assertThat(events).isEmpty();
        lost.polled(readings, LostGpus.PATIENCE.toNanos());
        assertThat(events).extracting(HealthEvent::state).containsExactly(State.CLEARED);
    }

    private static GpuReading gpu(GpuState state) {
        return new GpuReading().uuid("GPU-1").index(1).state(state);
    }

    @Test
    void aDamagedFileIsMovedAsideWhereverItIsDamaged() throws IOException {
        Path path = dir.resolve("conditions");
        var file = new LedgerFile(path);
        var ledger = ledger("first");
        ledger.settle("poll", List.of(LOST));
        file.save(ledger.state());
        byte[] whole = Files.readAllBytes(path);
        for (int i = 0; i < whole.length; i += 7) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 0x01;
            Files.write(path, damaged);
            assertThat(file.load()).isInstanceOf(LedgerFile.Loaded.Damaged.class);
            assertThat(path).doesNotExist();
            assertThat(dir.resolve("conditions.corrupt")).hasBinaryContent(damaged);
        }
        Files.write(path, java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThat(file.load()).isInstanceOf(LedgerFile.Loaded.Damaged.class);
    }

    @Test
    void theKeeperWritesEachChangeAndCountsWhatFails() throws IOException {
        var failures = new AtomicInteger();
        var ledger = ledger("first");
        Path gone = dir.resolve("gone");
        Files.createDirectory(gone);
        try (var keeper = new LedgerKeeper(failures::incrementAndGet)) {
            var file = new LedgerFile(gone.resolve("conditions"));
            Runnable changed = keeper.keep(file, ledger::state);
            ledger.settle("poll", List.of(LOST));
            changed.run();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(keeper.load(file)).isEqualTo(ledger.state()));
            Files.delete(gone.resolve("conditions"));
            Files.delete(gone);
            changed.run();
            await().atMost(Duration.ofSeconds(30)).until(() -> failures.get() == 1);
            Files.createDirectory(gone);
            changed.run();
        }
        assertThat(new LedgerFile(gone.resolve("conditions")).load())
                .isEqualTo(new LedgerFile.Loaded.Found(ledger.state()));
    }

    private HealthLedger ledger(String agentId) {
        return new HealthLedger("h", agentId, new ManualClock(), events::add);
    }
}
