package caretaker.recovery.incident;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.chassis.config.Config;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryState;
import caretaker.recovery.containers.Scope;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.playbook.Playbooks;
import caretaker.testkit.Cases;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What other hosts do, as far as the bus tells: the breaker by hosts, and two services of one engine. */
class ClusterTest {
    private static final String FREE = "host-actions: 100\ncluster-actions: 100\n";

    private final Scene scene = new Scene(FREE);

    private void hosts(int others) {
        for (int i = 0; i < others; i++) {
            scene.tell(new Input.HostElsewhere("other-" + i, true));
        }
    }

    private void repairs(int hosts, int each) {
        for (int i = 0; i < hosts * each; i++) {
            String key = "other-" + i % hosts + "/lab/c/" + i;
            scene.tell(new Input.StartedElsewhere(scene.clock.instant(), key, "", "ff"));
        }
    }

    /** five of ten are half of them, however often each repairs. */
    @Test
    void repairsOnHalfOfTheHostsAreNotTooMany() {
        hosts(9);
        repairs(4, 5);
        scene.dies(scene.container("web"), 1);
        assertThat(scene.performed).hasSize(1);
        assertThat(scene.kinds()).doesNotContain(Kind.BREAKER_OPENED);
    }

    /** persisted, told, and reset by hand only. */
    @Test
    void repairsOnMoreThanHalfOfTheHostsOpenTheBreakerUntilAPersonResetsIt() {
        hosts(9);
        repairs(5, 1);
        scene.dies(scene.container("web"), 1);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.events)
                .filteredOn(event -> event.kind() == Kind.BREAKER_OPENED)
                .singleElement()
                .satisfies(event -> assertThat(event.message()).contains("on too many hosts"));
        scene.restart();
        scene.minutes(60);
        assertThat(scene.performed).isEmpty();
        RecoveryHostState.Breaker breaker =
                requireNonNull(requireNonNull(scene.hostState).breaker());
        assertThat(breaker.ofHosts()).isTrue();
        assertThat(breaker.repaired()).isEqualTo(5);
        assertThat(breaker.managed()).isEqualTo(10);
        scene.asks(new Input.Command.ResetBreaker());
        scene.minutes(1);
        assertThat(scene.performed).hasSize(1);
    }

    /** what the person has seen does not open it again. */
    @Test
    void aResetForgetsWhatOtherHostsHaveDoneBefore() {
        hosts(9);
        repairs(5, 1);
        scene.dies(scene.container("web"), 1);
        scene.asks(new Input.Command.ResetBreaker());
        scene.seconds(31);
        assertThat(scene.performed).hasSize(1);
    }

    /** three are never too many, and four of four are. */
    @Test
    void fewHostsNeedTheFloor() {
        hosts(3);
        repairs(2, 1);
        scene.dies(scene.container("web"), 1);
        assertThat(scene.performed).hasSize(1);
        repairs(3, 1);
        scene.dies(scene.container("db"), 1);
        assertThat(scene.performed).hasSize(1);
        assertThat(scene.recoveries.isBreakerOpen()).isTrue();
    }

    /** on the boundary of its window. */
    @Test
    void whatWasBegunBeforeTheWindowDoesNotCount() {
        repairs(9, 1);
        scene.clock.advance(Duration.ofMinutes(15));
        scene.dies(scene.container("web"), 1);
        assertThat(scene.performed).hasSize(1);
    }

    /** hosts that are taken away make the others more. */
    @Test
    void aHostWithoutARecordIsNone() {
        hosts(9);
        repairs(4, 1);
        for (int i = 4; i < 9; i++) {
            scene.tell(new Input.HostElsewhere("other-" + i, false));
        }
        scene.dies(scene.container("web"), 1);
        assertThat(scene.performed).isEmpty();
    }

    /** told once; neither time, nor a restart, nor another run of the agent ends it, but a person. */
    @Test
    void anotherHostThatRepairsAContainerOfThisEngineHoldsAllRepairs() {
        Sighting web = scene.container("web");
        String id = web.identity().id();
        scene.tell(new Input.StartedElsewhere(scene.clock.instant(), "twin/lab/web/1", "", id));
        scene.tell(new Input.StartedElsewhere(scene.clock.instant(), "twin/lab/web/1", "", id));
        scene.dies(web, 1);
        scene.restart();
        HealthEvent first = scene.event(web, Condition.CONTAINER_EXITED, "1");
        scene.tell(new HealthEvent(
                first.host(),
                "a-9",
                1,
                first.time(),
                first.condition(),
                first.state(),
                first.severity(),
                first.entity(),
                first.code(),
                first.message(),
                first.action(),
                first.evidence(),
                false));
        scene.minutes(60);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.skips()).contains(Reason.SUPPRESSED_HOST);
        assertThat(scene.events)
                .filteredOn(event -> event.kind() == Kind.ESCALATED)
                .singleElement()
                .extracting(RecoveryEvent::message)
                .asString()
                .contains("the host twin repairs lab/web/1", "illness clear two-services");
        scene.asks(new Input.Command.ClearIllness("two-services"));
        scene.minutes(1);
        assertThat(scene.performed).hasSize(1);
    }

    /** a container of the same name on another host is another one. */
    @Test
    void whatOtherHostsRepairOfTheirOwnHoldsNobody() {
        Sighting web = scene.container("web");
        scene.tell(new Input.StartedElsewhere(scene.clock.instant(), "other/lab/web/1", "", "ff"));
        scene.tell(new Input.StartedElsewhere(scene.clock.instant(), "other/lab/db/1", "", ""));
        scene.dies(web, 1);
        assertThat(scene.performed).hasSize(1);
    }

    /** what is read of the time before this run may be of this host under a former name. */
    @Test
    void whatWasBegunBeforeThisInstanceProvesNothing() {
        Sighting web = scene.container("web");
        var setup = new Recoveries.Setup(
                "renamed",
                "self",
                new RecoveryState.Writer("r-1", 1),
                Config.parse(Rules.class, FREE, "rules", Map.of()),
                new Scope(List.of(), List.of()),
                Playbooks.builtIn());
        var recoveries = new Recoveries(setup, Cases.random(1));
        var now = scene.clock.instant();
        recoveries.handle(new Input.Listed(List.of(web)), now);
        recoveries.handle(
                new Input.StartedElsewhere(
                        now, "former/lab/web/1", "", web.identity().id()),
                now);
        recoveries.handle(new Input.CaughtUp(), now);
        assertThat(recoveries.host(now).illnesses()).isEmpty();
    }
}
