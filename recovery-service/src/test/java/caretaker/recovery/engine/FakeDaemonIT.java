package caretaker.recovery.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Playbook.Probe;
import caretaker.recovery.playbook.Rung;
import caretaker.recovery.playbook.Rung.Requirement;
import io.vertx.core.http.HttpServerResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a real engine cannot be made to do. */
class FakeDaemonIT {
    private static final String INSPECT = "GET /containers/" + FakeDaemon.ID + "/json";
    private static final String RESTART = "POST /containers/" + FakeDaemon.ID + "/restart";

    private static final String STOP = "POST /containers/" + FakeDaemon.ID + "/stop";

    private final FakeDaemon daemon = new FakeDaemon();

    private final Path incidents = Path.of("target", "fake-incidents", Long.toHexString(System.nanoTime()));
    private final Host host = new Host(daemon.address(), incidents);

    @AfterEach
    void end() {
        host.close();
        daemon.close();
    }

    private Sighting seen() {
        return host.seen(FakeDaemon.ID);
    }

    private static Effect.Look look() {
        var identity = new ContainerIdentity("", "fake", "", "", "", 0);
        return new Effect.Look(1, identity, Probe.NONE, Requirement.NOTHING, false, "incident-1", List.of());
    }

    /** it is asked once, waited for its stop timeout and 15 s, and nobody claims to know. */
    @Test
    void aRestartThatHangsIsUnknownAndIsNotRepeated() {
        daemon.on(RESTART, FakeDaemon::never);
        Result result = host.perform(seen(), Action.RESTART);
        assertThat(result)
                .isInstanceOfSatisfying(
                        Result.Unknown.class,
                        unknown -> assertThat(unknown.why()).contains("PT15S"));
        assertThat(daemon.writes())
                .as("without a timeout of ours: the container's own holds")
                .containsExactly(RESTART);
    }

    /** */
    @Test
    void aConnectionThatIsCutInsteadOfAnAnswerIsUnknown() {
        daemon.on(RESTART, FakeDaemon::cut);
        assertThat(host.perform(seen(), Action.RESTART)).isInstanceOf(Result.Unknown.class);
        assertThat(daemon.writes()).hasSize(1);
    }

    @Test
    void whatTheEngineRefusesIsToldWithoutSecrets() {
        daemon.on(RESTART, FakeDaemon.json(500, "{\"message\":\"boom\\npassword=hunter2 " + "x".repeat(5000) + "\"}"));
        Result result = host.perform(seen(), Action.RESTART);
        assertThat(result)
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.why())
                                .startsWith("boom password=[redacted]")
                                .hasSizeLessThanOrEqualTo(500));
        daemon.on(RESTART, FakeDaemon.json(409, "{\"message\":\"it is paused\"}"));
        assertThat(host.perform(seen(), Action.RESTART)).isEqualTo(new Result.Refused("it is paused"));
        daemon.on(RESTART, FakeDaemon.json(304, ""));
        assertThat(host.perform(seen(), Action.RESTART)).isEqualTo(new Result.Done());
    }

    @Test
    void whatIsGoneAfterTheInspectionIsRefused() {
        daemon.on(RESTART, FakeDaemon.json(404, "{\"message\":\"No such container: fake\"}"));
        assertThat(host.perform(seen(), Action.RESTART)).isEqualTo(new Result.Refused("No such container: fake"));
    }

    /** */
    @Test
    void anotherRunOrAnotherIdThanExpectedIsNotTouched() {
        Sighting before = seen();
        daemon.on(INSPECT, FakeDaemon.json(200, FakeDaemon.container("2026-03-01T10:00:01Z")));
        assertThat(host.perform(before, Action.RESTART)).isEqualTo(new Result.Changed());
        assertThat(host.perform(before, Action.RECREATE)).isEqualTo(new Result.Changed());
        daemon.on(INSPECT, FakeDaemon.json(404, "{\"message\":\"No such container\"}"));
        assertThat(host.perform(before, Action.RESTART)).isEqualTo(new Result.Changed());
        assertThat(daemon.writes()).isEmpty();
    }

    /** somebody has paused or stopped it since it was looked at; its start is still the same. */
    @Test
    void anotherStateThanExpectedIsNotTouched() {
        Sighting before = seen();
        for (String state : List.of("paused", "exited", "removing", "restarting", "dead", "created", "whatever")) {
            daemon.on(
                    INSPECT,
                    FakeDaemon.json(
                            200, FakeDaemon.container(FakeDaemon.STARTED).replace("running", state)));
            assertThat(host.perform(before, Action.RESTART)).as(state).isEqualTo(new Result.Changed());
        }
        assertThat(daemon.writes()).isEmpty();
    }

    /** the last word before the call. */
    @Test
    void nothingIsDoneWithoutTheLastWord() {
        Sighting before = seen();
        for (Action action : List.of(Action.RESTART, Action.STOP, Action.RECREATE, Action.RESTORE_BACKUP)) {
            Effect.Perform perform = host.operation(before, Rung.of(action));
            assertThat(host.engine.perform(perform, () -> false))
                    .as(action.name())
                    .isEqualTo(new Result.Held());
        }
        assertThat(host.perform(before, Action.QUARANTINE)).isInstanceOf(Result.Refused.class);
        assertThat(host.perform(before, Action.NONE)).isInstanceOf(Result.Refused.class);
        assertThat(host.perform(before, Action.RESTORE_BACKUP)).isEqualTo(new Result.Done());
        assertThat(daemon.writes()).isEmpty();
    }

    /** compose puts another one under the same name between the list and the inspection. */
    @Test
    void anotherIdBetweenListAndInspectionIsSeenAndNotTouched() {
        Sighting before = seen();
        String anew = "b".repeat(64);
        var lists = new AtomicInteger();
        daemon.on(
                "GET /containers/json",
                request -> FakeDaemon.json(200, """
            [{"Id":"%s","Names":["/fake"],"Labels":{},"State":"running","Created":1}]\
            """.formatted(lists.incrementAndGet() == 1 ? FakeDaemon.ID : anew))
                        .accept(request));
        daemon.on(INSPECT, FakeDaemon.json(404, "{\"message\":\"No such container\"}"));
        daemon.on(
                "GET /containers/" + anew + "/json",
                FakeDaemon.json(
                        200, FakeDaemon.container("2026-03-01T11:00:00Z").replace(FakeDaemon.ID, anew)));
        try (var other = new Host(daemon.address(), incidents)) {
            assertThat(other.look(before, Probe.NONE, false).sighting())
                    .as("gone, so that the incident is over")
                    .isNull();
            assertThat(other.look(before, Probe.NONE, false).sighting())
                    .as("the other one, to be judged anew")
                    .satisfies(seen ->
                            assertThat(requireNonNull(seen).identity().id()).isEqualTo(anew));
            for (Action action : List.of(Action.RESTART, Action.START, Action.STOP, Action.RECREATE)) {
                assertThat(other.perform(before, action)).as(action.name()).isEqualTo(new Result.Changed());
            }
        }
        assertThat(daemon.writes()).isEmpty();
    }

    /** what answers to the id is another one. */
    @Test
    void anAnswerAboutAnotherContainerIsNotActedOn() {
        Sighting before = seen();
        daemon.on(
                INSPECT,
                FakeDaemon.json(200, FakeDaemon.container(FakeDaemon.STARTED).replace(FakeDaemon.ID, "b".repeat(64))));
        for (Action action : List.of(Action.RESTART, Action.STOP, Action.RECREATE)) {
            assertThat(host.perform(before, action)).as(action.name()).isEqualTo(new Result.Changed());
        }
        assertThat(daemon.writes()).isEmpty();
    }

    /** paused a moment after the inspection, it is neither renamed nor replaced. */
    @Test
    void whatIsPausedInTheLastMomentIsNotCreatedAnew() {
        Sighting before = seen();
        String conflict = "{\"message\":\"Container is paused. Unpause the container before stopping\"}";
        daemon.on("GET /images/an/image:1/json", FakeDaemon.json(200, "{\"Id\":\"sha256:1\",\"Config\":{}}"));
        daemon.on(STOP, FakeDaemon.json(409, conflict));
        daemon.on("POST /containers/" + FakeDaemon.ID + "/start", FakeDaemon.json(304, ""));
        Result stop = host.perform(before, Action.STOP);
        assertThat(stop)
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.why()).contains("paused"));
        assertThat(host.perform(before, Action.RECREATE)).isEqualTo(stop);
        assertThat(daemon.writes()).allMatch(each -> each.endsWith("/stop") || each.endsWith("/start"));
    }

    /** as long as the container may take is waited for, and nothing is asked twice meanwhile. */
    @Test
    void aStopThatTakesItsTimeIsWaitedFor() {
        daemon.on(STOP, daemon.late(Duration.ofSeconds(2), FakeDaemon.json(204, "")));
        daemon.on(RESTART, daemon.late(Duration.ofSeconds(2), FakeDaemon.json(204, "")));
        assertThat(host.perform(seen(), Action.STOP)).isEqualTo(new Result.Done());
        assertThat(host.perform(seen(), Action.RESTART)).isEqualTo(new Result.Done());
        assertThat(daemon.writes()).containsExactly(STOP, RESTART);
    }

    @Test
    void whatVanishesBetweenListAndInspectionIsNotThere() throws Unavailable {
        daemon.on(INSPECT, FakeDaemon.json(404, "{\"message\":\"No such container\"}"));
        assertThat(host.engine.list()).isEmpty();
        assertThat(host.engine.look(look()))
                .isInstanceOfSatisfying(
                        Input.Looked.class,
                        looked -> assertThat(looked.sighting()).isNull());
    }

    @Test
    void halfAnAnswerIsNone() {
        daemon.on(INSPECT, FakeDaemon.half("{\"Id\":"));
        assertThatThrownBy(host.engine::list).isInstanceOf(Unavailable.class);
        assertThat(host.engine.look(look())).isInstanceOf(Input.NotLooked.class);
        daemon.on(INSPECT, FakeDaemon.json(200, "<html>nonsense"));
        assertThat(host.engine.look(look())).isInstanceOf(Input.NotLooked.class);
        assertThat(host.count("unanswered")).isEqualTo(3);
        daemon.on("GET /containers/json", FakeDaemon.json(200, "[{\"Id\":null},{\"Names\":[null]},{}]"));
        try (var other = new Host(daemon.address(), incidents)) {
            assertThat(other.engine.look(look())).isInstanceOf(Input.Looked.class);
            assertThat(other.count("unrepresented")).isEqualTo(3);
        }
    }

    @Test
    void anEngineThatIsAwayIsNotAskedToDoAnything() {
        Sighting before = seen();
        daemon.close();
        assertThatThrownBy(host.engine::list).isInstanceOf(Unavailable.class);
        assertThat(host.engine.look(look())).isInstanceOf(Input.NotLooked.class);
        assertThat(host.perform(before, Action.RESTART)).isInstanceOf(Result.Refused.class);
        assertThat(host.perform(before, Action.RECREATE)).isInstanceOf(Result.Refused.class);
        assertThat(host.engine.refusesWrites()).isEmpty();
    }

    @Test
    void aProxyThatOnlyLetsReadIsFoundOutWithoutAnEffect() {
        String probe = "POST /containers/caretaker-may-it-write/start";
        for (int status : new int[] {403, 405}) {
            daemon.on(probe, FakeDaemon.json(status, "{\"message\":\"no\"}"));
            assertThat(host.engine.refusesWrites())
                    .hasValueSatisfying(why -> assertThat(why).contains("proxy").contains(Integer.toString(status)));
        }
        daemon.on(probe, FakeDaemon.json(404, "{\"message\":\"No such container\"}"));
        for (int i = 0; i < 10; i++) {
            assertThat(host.engine.refusesWrites()).isEmpty();
        }
        assertThat(daemon.writes()).as("an engine logs each as an error").containsExactly(probe, probe, probe);
    }

    /** */
    @Test
    void aCutStreamOfEventsIsReopenedAfterTheLastEvent() {
        var opened = new AtomicInteger();
        daemon.on(
                INSPECT,
                FakeDaemon.json(200, FakeDaemon.container(FakeDaemon.STARTED).replace("running", "exited")));
        daemon.on("GET /events", request -> {
            HttpServerResponse response = request.response().setChunked(true);
            if (opened.incrementAndGet() == 1) {
                response.write(event("kill", 1_800_000_000_123_456_789L))
                        .onComplete(_ -> request.connection().close());
            } else {
                response.write("\n");
            }
        });
        host.watching();
        await().atMost(Host.LIMIT).until(() -> opened.get() >= 2);
        assertThat(daemon.asked.stream()
                        .filter(each -> each.startsWith("GET /events"))
                        .toList()
                        .get(1))
                .contains("since=1800000000.123456789");
        assertThat(host.changes.get()).isGreaterThanOrEqualTo(2);
        assertThat(seen().stopped()).isTrue();
    }

    private static String event(String action, long nanos) {
        return """
            {"Type":"container","Action":"%s","Actor":{"ID":"%s","Attributes":{"signal":"15"}},"time":%d,"timeNano":%d}
            """.formatted(action, FakeDaemon.ID, nanos / 1_000_000_000, nanos);
    }

    /** A broker is only touched if somebody says that the others can do without it. */
    @Test
    void withoutAnAnswerTheReplicasAreNotInSync() {
        var identity = new ContainerIdentity("", "fake", "", "", "", 0);
        var look =
                new Effect.Look(1, identity, Probe.NONE, Requirement.IN_SYNC_REPLICAS, false, "incident-1", List.of());
        assertThat(((Input.Looked) host.engine.look(look)).allowed()).isFalse();
        host.engine.inSyncReplicas(_ -> {
            throw new IllegalStateException("no broker");
        });
        assertThat(((Input.Looked) host.engine.look(look)).allowed()).isFalse();
        host.engine.inSyncReplicas(of -> of.key().equals("fake"));
        assertThat(((Input.Looked) host.engine.look(look)).allowed()).isTrue();
    }

    /** a folder that cannot be written to is counted, and the look is answered. */
    @Test
    void evidenceThatCannotBeSavedIsCounted() {
        try (var other = new Host(daemon.address(), Path.of("/proc/nowhere"))) {
            Input.Looked looked = other.look(other.seen(FakeDaemon.ID), Probe.NONE, true);
            assertThat(looked.evidence()).isNull();
            assertThat(looked.sighting()).isNotNull();
            assertThat(looked.log()).singleElement().asString().contains("cannot be read");
            assertThat(other.count("evidence.failures")).isEqualTo(1);
        }
    }

    /** what is kept are the newest lines, also of a log that is too long to be read to its end. */
    @Test
    void ofAnEndlessLogTheNewestLinesAreRead() {
        daemon.on(
                INSPECT,
                FakeDaemon.json(
                        200, FakeDaemon.container(FakeDaemon.STARTED).replace("Labels", "Tty\":true,\"Labels")));
        daemon.on("GET /containers/" + FakeDaemon.ID + "/logs", request -> {
            boolean isLong = "200".equals(request.getParam("tail"));
            request.response().end(isLong ? ("x".repeat(1023) + "\n").repeat(20 << 10) : "token=abc\nthe end\n");
        });
        try (var other = new Host(daemon.address(), incidents)) {
            assertThat(other.look(other.seen(FakeDaemon.ID), Probe.NONE, true).log())
                    .containsExactly("token=[redacted]", "the end");
            assertThat(other.count("logs.cut")).isEqualTo(1);
        }
    }

    /** Many looks at once ask once what there is; a look after something has changed asks anew. */
    @Test
    void looksShareOneListUntilSomethingChanges() {
        seen();
        long before = lists();
        for (int i = 0; i < 20; i++) {
            assertThat(host.engine.look(look())).isInstanceOf(Input.Looked.class);
        }
        assertThat(lists() - before).isLessThan(20);
        host.perform(seen(), Action.RESTART);
        long after = lists();
        assertThat(host.engine.look(look())).isInstanceOf(Input.Looked.class);
        assertThat(lists()).isEqualTo(after + 1);
    }

    private long lists() {
        return daemon.asked.stream()
                .filter(each -> each.startsWith("GET /containers/json"))
                .count();
    }
}
