package caretaker.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.chassis.config.ConfigException;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.recovery.RecoveryServiceConfig;
import caretaker.recovery.engine.Credentials.Credential;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Playbook.Probe;
import caretaker.recovery.playbook.Rung;
import caretaker.recovery.playbook.Rung.Requirement;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a token is shown to. */
class TokenIT {
    private static final String TOKEN = "glsa_0123456789";
    private static final String OWN = "{\"Networks\":{\"lab\":{\"IPAddress\":\"127.0.0.1\"}}}";

    private final FakeDaemon daemon = new FakeDaemon();
    private final Vertx vertx = Vertx.vertx();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final HttpServer service = vertx.createHttpServer()
            .requestHandler(this::answer)
            .listen(0, "127.0.0.1")
            .await();

    @TempDir
    private Path dir;

    private Path file;
    private Host host;

    @BeforeEach
    void connect() throws IOException {
        file = Files.writeString(dir.resolve("token"), TOKEN + "\n");
        host = new Host(daemon.address(), dir.resolve("incidents"));
        host.engine.credentials(List.of(new Credential("grafana", file)));
        container("grafana/grafana:13", "lab", OWN);
    }

    @AfterEach
    void end() {
        host.close();
        daemon.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** As Grafana does: without the token 401; with it, on one path it is sent on to elsewhere. */
    private void answer(HttpServerRequest request) {
        String shown = String.valueOf(request.getHeader("Authorization"));
        asked.add(request.method() + " " + request.path() + " " + shown);
        boolean isLogin = shown.equals("Bearer " + TOKEN);
        int status = !isLogin ? 401 : "/moved".equals(request.path()) ? 307 : 200;
        request.response()
                .setStatusCode(status)
                .putHeader("Location", "http://127.0.0.1:" + service.actualPort() + "/elsewhere")
                .end("you sent " + shown);
    }

    private void container(String image, String mode, String network) {
        daemon.on("GET /containers/json", FakeDaemon.json(200, """
            [{"Id":"%s","Names":["/fake"],"Image":"%s","Labels":{},"State":"running","Created":1}]\
            """.formatted(FakeDaemon.ID, image)));
        daemon.on("GET /containers/" + FakeDaemon.ID + "/json", FakeDaemon.json(200, """
            {"Id":"%s","Name":"/fake","Config":{"Image":"%s","Labels":{}},
             "State":{"Status":"running","StartedAt":"%s"},"HostConfig":{"NetworkMode":"%s"},"NetworkSettings":%s}\
            """.formatted(
                        FakeDaemon.ID, image, FakeDaemon.STARTED, mode, network)));
    }

    private Result reload(String path) {
        var rung = new Rung(
                Action.RELOAD,
                false,
                Requirement.CREDENTIALS,
                service.actualPort(),
                path,
                "",
                List.of(),
                Duration.ofSeconds(30));
        return host.perform(host.operation(host.seen(FakeDaemon.ID), rung));
    }

    private boolean isAllowed() {
        Input looked = host.engine.look(new Effect.Look(
                7,
                host.seen(FakeDaemon.ID).identity(),
                Probe.NONE,
                Requirement.CREDENTIALS,
                false,
                "incident-1",
                List.of()));
        return ((Input.Looked) looked).allowed();
    }

    /** by the step that requires it, and by nothing else. */
    @Test
    void aStepThatRequiresItShowsTheTokenAndAProbeDoesNot() throws IOException {
        assertThat(isAllowed()).isTrue();
        assertThat(reload("/reload")).isEqualTo(new Result.Done());
        assertThat(asked).containsExactly("POST /reload Bearer " + TOKEN);
        asked.clear();
        daemon.on("GET /containers/" + FakeDaemon.ID + "/json", FakeDaemon.json(200, """
            {"Id":"%s","Name":"/fake","Config":{"Image":"grafana/grafana:13",
              "Labels":{"caretaker.probe":"http://:%d"}},"State":{"Status":"running","StartedAt":"%s"},
             "HostConfig":{"NetworkMode":"lab"},"NetworkSettings":%s}\
            """.formatted(
                        FakeDaemon.ID, service.actualPort(), FakeDaemon.STARTED, OWN)));
        host.look(host.seen(FakeDaemon.ID), Probe.GRAFANA, false);
        assertThat(asked).containsExactly("GET /api/health null");
        Files.writeString(file, "another");
        assertThat(reload("/reload"))
                .as("read again, and repeated to nobody")
                .isEqualTo(new Result.Refused("it answered 401: you sent Bearer ***"));
    }

    @Test
    void nobodyIsFollowedWithAToken() {
        assertThat(reload("/moved"))
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.why())
                                .startsWith("it answered 307")
                                .doesNotContain(TOKEN));
        assertThat(asked).containsExactly("POST /moved Bearer " + TOKEN);
    }

    /** Where somebody else may listen, as at a port of the host, it is not sent. */
    @Test
    void itIsSentToTheContainersOwnAddressOnly() {
        container("grafana/grafana:13", "host", "{}");
        assertThat(reload("/reload")).isInstanceOf(Result.Refused.class);
        container(
                "grafana/grafana:13",
                "lab",
                "{\"Networks\":{},\"Ports\":{\"%d/tcp\":[{\"HostPort\":\"%d\"}]}}"
                        .formatted(service.actualPort(), service.actualPort()));
        assertThat(reload("/reload")).isInstanceOf(Result.Refused.class);
        container("grafana/another:13", "lab", OWN);
        assertThat(isAllowed()).isFalse();
        assertThat(reload("/reload"))
                .isEqualTo(new Result.Refused("there is no token for it, or its file cannot be read"));
        assertThat(asked).isEmpty();
    }

    @Test
    void aFileThatIsGoneIsNoToken() throws IOException {
        Files.delete(file);
        assertThat(isAllowed()).isFalse();
        assertThat(reload("/reload")).isInstanceOf(Result.Refused.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void aFileThatHoldsNoTokenIsToldWithItsLineAndNothingOfWhatIsInIt() throws IOException {
        Path empty = Files.writeString(dir.resolve("empty"), " \n");
        Path lines = Files.writeString(dir.resolve("lines"), "hunter2\nX-Other: 1\n");
        Path large = Files.writeString(dir.resolve("large"), "x".repeat(70_000));
        Path settings = Files.writeString(
                dir.resolve("settings.yml"), """
                credentials:
                  - {service: a, token-file: %s}
                  - {service: b, token-file: %s}
                  - {service: c, token-file: %s}
                  - {service: d, token-file: %s}
                  - {service: '', token-file: %s}
                  - {service: f, token-file: %s}
                """.formatted(dir.resolve("none"), empty, lines, large, file, file));
        assertThatThrownBy(() -> RecoveryServiceConfig.load(settings, Map.of()))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .satisfiesExactly(
                                        problem -> assertThat(problem).contains("settings.yml:2:", "cannot be read"),
                                        problem -> assertThat(problem).contains("settings.yml:3:", "is empty"),
                                        problem -> assertThat(problem)
                                                .contains("settings.yml:4:", "is no token")
                                                .doesNotContain("hunter2"),
                                        problem ->
                                                assertThat(problem).contains("settings.yml:5:", "larger than 64 KiB"),
                                        problem ->
                                                assertThat(problem).contains("settings.yml:6:", "service is empty")));
    }
}
