package caretaker.recovery.incident;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.contracts.Condition;
import caretaker.contracts.Decoded;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.Health;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.incident.Input.Result;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** one operation, whatever happens to the service or to an answer. */
class StateMachineTest {
    private final Scene scene = new Scene();

    /** written down, told, and only then done. */
    @Test
    void anOperationIsReservedBeforeItIsDone() {
        scene.dies(scene.container("web"), 1);
        int perform = index(Effect.Perform.class);
        var store = (Effect.Store) scene.all.get(perform - 2);
        var publish = (Effect.Publish) scene.all.get(perform - 1);
        assertThat(store.state().phase()).isEqualTo(Phase.ACTING);
        assertThat(requireNonNull(store.state().operation()).id())
                .isEqualTo(scene.performed.getFirst().operation().id());
        assertThat(publish.event().kind()).isEqualTo(Kind.STARTED);
    }

    private int index(Class<?> effect) {
        return scene.all.indexOf(
                scene.all.stream().filter(effect::isInstance).findFirst().orElseThrow());
    }

    /** killed before each single effect, and the same operation goes on; all of it is told. */
    @Test
    void aCrashBeforeAnyEffectIsResumedWithTheSameOperation() {
        for (int at = 0; at < 40; at++) {
            var each = new Scene();
            Sighting web = each.container("web");
            int[] left = {at};
            each.before = _ -> {
                if (left[0]-- == 0) {
                    throw new Scene.Killed();
                }
            };
            HealthEvent event = null;
            try {
                event = each.dies(web, 1);
                each.seconds(40);
            } catch (Scene.Killed e) {
                each.before = _ -> {};
                each.restart();
                if (event != null) {
                    each.tell(event);
                }
            }
            each.minutes(2);
            assertThat(each.state(web).phase())
                    .as("killed before effect %d", at)
                    .isEqualTo(Phase.OK);
            assertThat(each.now(web).state()).isEqualTo(State.RUNNING);
            assertThat(each.writes.values()).as("killed before effect %d", at).containsOnly(1);
            assertThat(each.writes).hasSize(1);
            assertThat(each.kinds())
                    .as("killed before effect %d", at)
                    .contains(Kind.REQUESTED, Kind.STARTED, Kind.SUCCEEDED);
        }
    }

    /** killed after the engine did it, before anybody heard. */
    @Test
    void whatWasDoneBeforeACrashIsNotDoneAgain() {
        Sighting web = scene.container("web");
        scene.worker = perform -> {
            scene.work(perform);
            throw new Scene.Killed();
        };
        try {
            scene.dies(web, 1);
        } catch (Scene.Killed e) {
            scene.clock.advance(Duration.ofSeconds(3));
        }
        scene.worker = scene::work;
        scene.restart();
        scene.minutes(1);
        assertThat(scene.performed).hasSize(1);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
    }

    /** a container that is created anew may be found half done: the same operation completes it. */
    @Test
    void aRecreationThatWasInterruptedIsCompleted() {
        Sighting web = scene.container("web");
        scene.worker = perform -> {
            if (perform.operation().action() == Action.RECREATE) {
                scene.engine.remove(web.key());
                throw new Scene.Killed();
            }
            return new Result.Refused("no");
        };
        try {
            scene.dies(web, 1);
            scene.minutes(1);
        } catch (Scene.Killed e) {
            scene.worker = scene::work;
        }
        scene.restart();
        scene.minutes(1);
        Effect.Perform last = scene.performed.getLast();
        assertThat(last.again()).isTrue();
        assertThat(last.operation()).isEqualTo(scene.performed.get(1).operation());
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
        assertThat(requireNonNull(scene.last().after()).containerId())
                .isNotEqualTo(web.identity().id());
    }

    /** Restarting it is refused, so it is created anew, by that worker. */
    private Sighting recreatedBy(Function<Effect.Perform, Result> worker) {
        Sighting web = scene.container("web");
        scene.worker = perform ->
                perform.operation().action() == Action.RECREATE ? worker.apply(perform) : new Result.Refused("no");
        return web;
    }

    private static final Result CUT_OFF = new Result.Unknown("half done: connection closed");

    /** the old one has been renamed, and the answer is missing: the same operation goes on at once. */
    @Test
    void aRecreationWhoseAnswerIsMissingIsCompleted() {
        Sighting web = recreatedBy(perform -> {
            scene.engine.remove(perform.container().key());
            return perform.again() ? scene.work(perform) : CUT_OFF;
        });
        scene.dies(web, 1);
        scene.minutes(2);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
        assertThat(scene.actions()).containsExactly(Action.START, Action.RECREATE, Action.RECREATE);
        assertThat(scene.performed.get(2).operation().id())
                .isEqualTo(scene.performed.get(1).operation().id());
    }

    /** also when the engine does not answer for longer than the operation may take. */
    @Test
    void aRecreationIsNotForgottenWhenItsTimeIsOver() {
        Sighting web = recreatedBy(perform -> {
            scene.engine.remove(perform.container().key());
            return CUT_OFF;
        });
        scene.dies(web, 1);
        scene.minutes(5);
        assertThat(scene.events).anyMatch(event -> event.reason() == Reason.TIMEOUT);
        scene.worker = scene::work;
        scene.minutes(10);
        assertThat(scene.now(web).state()).isEqualTo(State.RUNNING);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
    }

    /** not for ever. The quarantine says where it is; a person's word tries once more. */
    @Test
    void aRecreationThatCannotBeCompletedIsAQuarantine() {
        Sighting web = recreatedBy(perform -> {
            scene.engine.remove(perform.container().key());
            return new Result.Refused("and the old one could not be brought back");
        });
        scene.dies(web, 1);
        scene.minutes(20);
        assertThat(scene.last().kind()).isEqualTo(Kind.QUARANTINED);
        assertThat(scene.last().message()).contains("caretaker-replaced-");
        scene.worker = scene::work;
        scene.asks(new Input.Command.Release("lab-web-1"));
        scene.asks(new Input.Command.Repair("lab-web-1", false));
        scene.minutes(1);
        assertThat(scene.now(web).state()).isEqualTo(State.RUNNING);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
    }

    /** a host that was down for long has the same claim. */
    @Test
    void aRecreationIsCompletedHoweverLateTheServiceComesBack() {
        Sighting web = recreatedBy(perform -> {
            scene.engine.remove(perform.container().key());
            throw new Scene.Killed();
        });
        assertThatThrownBy(() -> {
                    scene.dies(web, 1);
                    scene.minutes(1);
                })
                .isInstanceOf(Scene.Killed.class);
        scene.clock.advance(Duration.ofMinutes(10));
        scene.worker = perform -> {
            assertThat(perform.operation().deadline()).isAfter(scene.clock.instant());
            return scene.work(perform);
        };
        scene.restart();
        scene.minutes(1);
        assertThat(scene.now(web).state()).isEqualTo(State.RUNNING);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
        assertThat(scene.state(web).attempts()).hasSize(2);
    }

    /** what may be half done is not undone because it may not go on at that moment. */
    @Test
    void aRecreationThatIsHeldBackGoesOnLater() {
        Sighting web = recreatedBy(perform -> {
            scene.engine.remove(perform.container().key());
            throw new Scene.Killed();
        });
        assertThatThrownBy(() -> {
                    scene.dies(web, 1);
                    scene.minutes(1);
                })
                .isInstanceOf(Scene.Killed.class);
        int[] held = {0};
        scene.worker = perform -> held[0]++ < 3 ? new Result.Held() : scene.work(perform);
        scene.restart();
        assertThat(scene.state(web).phase()).isEqualTo(Phase.ACTING);
        scene.minutes(2);
        assertThat(scene.now(web).state()).isEqualTo(State.RUNNING);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
    }

    /** killed after the new one was started: the old one must still go. */
    @Test
    void aRecreationIsFinishedAlsoWhenTheNewOneRunsAlready() {
        Sighting web = recreatedBy(perform -> {
            scene.work(perform);
            throw new Scene.Killed();
        });
        assertThatThrownBy(() -> {
                    scene.dies(web, 1);
                    scene.minutes(1);
                })
                .isInstanceOf(Scene.Killed.class);
        scene.worker = scene::work;
        scene.restart();
        scene.minutes(1);
        assertThat(scene.performed.getLast().again()).isTrue();
        assertThat(scene.performed.getLast().operation().action()).isEqualTo(Action.RECREATE);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
    }

    /** */
    @Test
    void aTimeoutIsSettledByLooking() {
        Sighting web = scene.container("web");
        scene.worker = perform -> {
            scene.work(perform);
            return new Result.Unknown("no answer in 25 s");
        };
        scene.dies(web, 1);
        scene.minutes(1);
        assertThat(scene.performed).hasSize(1);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
    }

    /** */
    @Test
    void aTimeoutOfWhichNothingShowsHasFailedOnlyAfterItsTime() {
        Sighting web = scene.container("web");
        scene.worker = _ -> new Result.Unknown("no answer");
        scene.dies(web, 1);
        scene.seconds(150);
        assertThat(scene.performed).hasSize(1);
        assertThat(scene.state(web).phase()).isEqualTo(Phase.ACTING);
        scene.seconds(60);
        assertThat(scene.events).anyMatch(event -> event.reason() == Reason.TIMEOUT);
    }

    /** */
    @Test
    void whatIsSkippedCountsForNothingAndWhatIsBegunCounts() {
        Sighting web = scene.container("web");
        scene.asks(new Input.Command.Pause(null, "rack"));
        scene.dies(web, 1);
        scene.minutes(3);
        assertThat(scene.state(web).attempts()).isEmpty();
        assertThat(scene.skips()).containsExactly(Reason.PAUSED);
        scene.asks(new Input.Command.Resume());
        assertThat(scene.state(web).attempts()).hasSize(1);
    }

    /** */
    @Test
    void aStateThatCannotBeReadIsAQuarantineAndOthersGoOn() {
        Sighting web = scene.container("web");
        Sighting db = scene.container("db");
        scene.states.put("node-1/lab/web/1", new byte[] {'{'});
        scene.restart();
        assertThat(requireNonNull(scene.state(web).quarantine()).reason()).isEqualTo(Reason.STATE_UNREADABLE);
        scene.dies(web, 1);
        assertThat(scene.performed).isEmpty();
        scene.dies(db, 1);
        assertThat(scene.performed).hasSize(1);
        scene.tell(new Input.Restored("node-1/../x", new Decoded.Malformed<>("odd")));
        scene.tell(new Input.Restored("node-1/a/b/c", new Decoded.Malformed<>("odd")));
    }

    /** */
    @Test
    void aRecoveryFromBeforeTheIncidentDoesNotEndIt() {
        Sighting web = scene.put(Made.healthy(scene.container("web"), Health.HEALTHY));
        HealthEvent old = scene.event(web, Condition.CONTAINER_UNHEALTHY, "", HealthEvent.State.CLEARED);
        scene.clock.advance(Duration.ofSeconds(1));
        scene.asks(new Input.Command.Pause(null, ""));
        scene.unhealthy(web);
        scene.tell(scene.event(web, Condition.CONTAINER_UNHEALTHY, ""));
        scene.tell(old);
        assertThat(scene.state(web).incident()).isNotNull();
        scene.clock.advance(Duration.ofSeconds(1));
        scene.tell(scene.event(web, Condition.CONTAINER_UNHEALTHY, "", HealthEvent.State.CLEARED));
        assertThat(scene.state(web).incident()).isNull();
        assertThat(scene.last().reason()).isEqualTo(Reason.STALE);
    }

    /** one service for each engine; its epoch is the fence. */
    @Test
    void aServiceThatWasReplacedDoesNothingMore() {
        Sighting web = scene.container("web");
        scene.tell(new Input.RestoredHost(new RecoveryHostState(
                Scene.HOST, 9, new RecoveryState.Writer("r-other", 5), scene.clock.instant(), null, null, Map.of())));
        assertThat(scene.all.getLast()).isInstanceOf(Effect.StandDown.class);
        scene.dies(web, 1);
        scene.minutes(5);
        assertThat(scene.performed).isEmpty();
    }

    /** replaced, or stopped, between the reservation and the call. */
    @Test
    void whoWasReplacedInTheLastMomentHoldsBack() {
        Sighting web = scene.container("web");
        scene.before = effect -> {
            if (effect instanceof Effect.Perform) {
                scene.recoveries.handle(new Input.KillSwitch(true), scene.clock.instant());
            }
        };
        scene.dies(web, 1);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.state(web).attempts()).isEmpty();
        scene.before = _ -> {};
        scene.tell(new Input.KillSwitch(false));
        scene.minutes(1);
        assertThat(scene.performed).hasSize(1);
    }

    /** another instance that reads the state sees the operation and goes on with it. */
    @Test
    void anotherInstanceGoesOnWithTheSameOperation() {
        Sighting web = scene.container("web");
        scene.dies(web, 1);
        scene.restart();
        scene.minutes(1);
        assertThat(scene.writes.values()).containsExactly(1);
        assertThat(scene.kinds()).containsExactly(Kind.REQUESTED, Kind.STARTED, Kind.SUCCEEDED);
        assertThat(List.copyOf(scene.states.keySet())).containsExactly("node-1/lab/web/1");
    }

    /** */
    @Test
    void withoutAuditNothingIsDoneAndTheAttemptIsNotCounted() {
        Sighting web = scene.container("web");
        scene.kafkaIsThere = false;
        scene.dies(web, 1);
        scene.minutes(2);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.state(web).attempts()).isEmpty();
        scene.kafkaIsThere = true;
        scene.minutes(2);
        assertThat(scene.performed).hasSize(1);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
    }

    /** what is over is told as soon as the bus takes it. */
    @Test
    void anEndThatTheBusDidNotTakeIsToldAgain() {
        Sighting web = scene.container("web");
        scene.dies(web, 1);
        scene.kafkaIsThere = false;
        scene.minutes(5);
        assertThat(scene.state(web).phase()).isEqualTo(Phase.OK);
        assertThat(scene.kinds()).containsExactly(Kind.REQUESTED, Kind.STARTED);
        scene.kafkaIsThere = true;
        scene.minutes(1);
        assertThat(scene.kinds()).containsExactly(Kind.REQUESTED, Kind.STARTED, Kind.SUCCEEDED);
    }

    /** what was told to begin and was held back has an end too, and counts for no rate. */
    @Test
    void whatWasHeldBackInTheLastMomentIsToldAndCountsForNothing() {
        for (int i = 0; i < 3; i++) {
            Sighting each = scene.container("c" + i);
            scene.before = effect -> {
                if (effect instanceof Effect.Perform) {
                    scene.recoveries.handle(new Input.KillSwitch(true), scene.clock.instant());
                }
            };
            scene.dies(each, 1);
            scene.before = _ -> {};
            assertThat(scene.events.stream()
                            .filter(event ->
                                    event.operation() != null && each.identity().equals(event.container())))
                    .extracting(event -> event.kind())
                    .containsExactly(Kind.STARTED, Kind.SKIPPED);
            scene.tell(new Input.KillSwitch(false));
            scene.worker = _ -> new Result.Refused("not now");
        }
        scene.worker = scene::work;
        scene.seconds(30);
        assertThat(scene.performed.stream().map(Effect.Perform::container).distinct())
                .as("three may be begun in five minutes")
                .hasSize(3);
    }
}
