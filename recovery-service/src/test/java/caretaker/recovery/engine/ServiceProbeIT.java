package caretaker.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input;
import caretaker.recovery.incident.Input.ProbeAnswer;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Playbook.Probe;
import caretaker.recovery.playbook.Rung;
import caretaker.recovery.playbook.Rung.Requirement;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a container's service is asked. */
class ServiceProbeIT {
    private static final ContainerIdentity FAKE = new ContainerIdentity("", "fake", "", "", "", 0);

    private record Reply(int status, String body) {}

    private final FakeDaemon daemon = new FakeDaemon();
    private final Path incidents = Path.of("target", "fake-incidents", Long.toHexString(System.nanoTime()));
    private final Host host = new Host(daemon.address(), incidents);
    private final Vertx vertx = Vertx.vertx();
    private final Map<String, Reply> replies = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final HttpServer service = vertx.createHttpServer()
            .requestHandler(request -> {
                asked.add(request.method() + " " + request.uri());
                request.headers().forEach((name, value) -> asked.add(name.toLowerCase(Locale.ROOT) + "=" + value));
                Reply reply = replies.get(request.path());
                if (reply != null) {
                    request.response()
                            .setStatusCode(reply.status())
                            .putHeader(
                                    "Location",
                                    "http://127.0.0.1:" + request.localAddress().port() + "/elsewhere")
                            .end(reply.body());
                }
            })
            .listen(0, "127.0.0.1")
            .await();

    @AfterEach
    void end() {
        host.close();
        daemon.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void container(String label, String network, String more) {
        daemon.on("GET /containers/" + FakeDaemon.ID + "/json", FakeDaemon.json(200, """
            {"Id":"%s","Name":"/fake","Config":{"Image":"an/image:1","Labels":{"caretaker.probe":"%s"}},
             "State":{"Status":"running","StartedAt":"%s"},"HostConfig":{"NetworkMode":"host"%s},
             "NetworkSettings":%s}\
            """.formatted(
                        FakeDaemon.ID, label, FakeDaemon.STARTED, more, network)));
    }

    private ProbeAnswer ask(Probe probe) {
        return host.look(FAKE, probe, false, List.of()).probe();
    }

    private void at(String path) {
        container("http://:" + service.actualPort() + path, "{}", "");
    }

    @Test
    void grafanaIsWellIfItsDatabaseIs() {
        at("");
        replies.put("/api/health", new Reply(200, "{\"database\": \"ok\", \"version\": \"12.0.0\"}"));
        assertThat(ask(Probe.GRAFANA)).isEqualTo(ProbeAnswer.PASSED);
        replies.put("/api/health", new Reply(503, "{\"database\": \"failing\"}"));
        assertThat(ask(Probe.GRAFANA)).isEqualTo(ProbeAnswer.FAILED);
        replies.put("/api/health", new Reply(200, "<html>"));
        assertThat(ask(Probe.GRAFANA)).isEqualTo(ProbeAnswer.FAILED);
        at("/grafana/api/health");
        replies.put("/grafana/api/health", new Reply(200, "{\"database\": \"ok\"}"));
        assertThat(ask(Probe.GRAFANA)).isEqualTo(ProbeAnswer.PASSED);
    }

    /** what it said is told, as one line without secrets and with an end. */
    @Test
    void whatTheServiceAnsweredIsToldToo() {
        // Given
        at("");
        replies.put("/api/health", new Reply(503, "{\n  \"database\": \"failing\",\n  \"password\": \"hunter2\"\n}"));

        // When
        String failing = host.look(FAKE, Probe.GRAFANA, false, List.of()).answer();

        // Then
        assertThat(failing).contains("{   \"database\": \"failing\",").doesNotContain("hunter2", "\n");

        // When
        replies.put("/api/health", new Reply(200, "x".repeat(5000)));

        // Then
        assertThat(host.look(FAKE, Probe.GRAFANA, false, List.of()).answer()).hasSize(500);
        replies.put("/api/health", new Reply(401, "{\"database\": \"failing\"}"));
        assertThat(host.look(FAKE, Probe.GRAFANA, false, List.of()).answer())
                .as("nobody who may be asked")
                .isEmpty();
        assertThat(host.look(FAKE, Probe.NONE, false, List.of()).answer()).isEmpty();
    }

    /** */
    @Test
    void aPrometheusThatReadsItsLogIsStarting() {
        at("");
        replies.put("/-/ready", new Reply(200, "ready"));
        assertThat(ask(Probe.PROMETHEUS)).isEqualTo(ProbeAnswer.PASSED);
        replies.put("/-/ready", new Reply(503, "not yet"));
        replies.put("/-/healthy", new Reply(200, "healthy"));
        assertThat(ask(Probe.PROMETHEUS)).isEqualTo(ProbeAnswer.STARTING);
        replies.put("/-/healthy", new Reply(503, "ill"));
        assertThat(ask(Probe.PROMETHEUS)).isEqualTo(ProbeAnswer.FAILED);
        replies.put("/-/ready", new Reply(500, "broken"));
        replies.put("/-/healthy", new Reply(200, "healthy"));
        assertThat(ask(Probe.PROMETHEUS)).isEqualTo(ProbeAnswer.FAILED);
    }

    /** */
    @Test
    void aDcgmExporterShowsAllTheGpusThatItWasGiven() {
        String one = "DCGM_FI_DEV_GPU_TEMP{gpu=\"0\",UUID=\"GPU-1\"} 40\nDCGM_FI_DEV_SM_CLOCK{gpu=\"0\"} 1\n";
        String label = "http://:" + service.actualPort();
        container(label, "{}", "");
        replies.put("/metrics", new Reply(200, "# HELP DCGM_FI_DEV_GPU_TEMP x\n"));
        assertThat(ask(Probe.DCGM_EXPORTER)).isEqualTo(ProbeAnswer.FAILED);
        replies.put("/metrics", new Reply(200, one));
        assertThat(ask(Probe.DCGM_EXPORTER)).isEqualTo(ProbeAnswer.PASSED);
        container(label, "{}", ",\"DeviceRequests\":[{\"Count\":2,\"Capabilities\":[[\"gpu\"]]}]");
        assertThat(ask(Probe.DCGM_EXPORTER)).isEqualTo(ProbeAnswer.FAILED);
        replies.put("/metrics", new Reply(200, one + "DCGM_FI_DEV_GPU_TEMP{Hostname=\"h\",gpu=\"1\"} 40\n"));
        assertThat(ask(Probe.DCGM_EXPORTER)).isEqualTo(ProbeAnswer.PASSED);
        replies.put("/metrics", new Reply(200, "dcgm_gpu_temp{gpu=\"0\"} 40\ndcgm_gpu_temp{gpu=\"1\"} 41\n"));
        assertThat(ask(Probe.DCGM_EXPORTER)).isEqualTo(ProbeAnswer.PASSED);
        container(label, "{}", ",\"DeviceRequests\":[{\"Count\":-1,\"Capabilities\":[[\"gpu\"]]}]");
        replies.put("/metrics", new Reply(200, one));
        assertThat(ask(Probe.DCGM_EXPORTER)).isEqualTo(ProbeAnswer.PASSED);
    }

    @Test
    void exportersAreWellIfTheyHaveWhatTheyAreFor() {
        at("");
        replies.put("/metrics", new Reply(200, "go_info 1\nnode_load1 0.5\n"));
        replies.put("/healthz", new Reply(200, "ok"));
        assertThat(ask(Probe.NODE_EXPORTER)).isEqualTo(ProbeAnswer.PASSED);
        assertThat(ask(Probe.CADVISOR)).isEqualTo(ProbeAnswer.PASSED);
        replies.put("/metrics", new Reply(200, "go_info 1\n"));
        assertThat(ask(Probe.NODE_EXPORTER)).isEqualTo(ProbeAnswer.FAILED);
        replies.put("/metrics", new Reply(200, "x".repeat(3 << 20)));
        assertThat(ask(Probe.NODE_EXPORTER)).isEqualTo(ProbeAnswer.FAILED);
    }

    /** R-74, and no label makes anybody ask another host. */
    @Test
    void aProbeHasNoCredentialsFollowsNobodyAndAsksNoOtherHost() {
        at("");
        replies.put("/api/health", new Reply(302, ""));
        assertThat(ask(Probe.GRAFANA)).isEqualTo(ProbeAnswer.NONE);
        assertThat(asked).contains("GET /api/health").noneMatch(each -> each.contains("elsewhere"));
        assertThat(asked).noneMatch(each -> each.startsWith("authorization=") || each.startsWith("cookie="));
        asked.clear();
        replies.put("/api/health", new Reply(200, "{\"database\": \"ok\"}"));
        for (String label : List.of(
                "http://127.0.0.1:" + service.actualPort() + "/api/health",
                "https://:" + service.actualPort(),
                "http://:" + service.actualPort() + "@example.org/",
                "http://:99999/",
                "tcp://:" + service.actualPort())) {
            container(label, "{}", "");
            assertThat(ask(Probe.GRAFANA)).as(label).isEqualTo(ProbeAnswer.FAILED); // at its usual port
        }
        container("off", "{}", "");
        assertThat(ask(Probe.GRAFANA)).isEqualTo(ProbeAnswer.NONE);
        assertThat(asked).isEmpty();
    }

    /** nobody is ill because he is asked at the wrong place or without a password. */
    @Test
    void whoCannotBeAskedHasNotFailedUnlessHeHasPassedBefore() {
        at("");
        List<Integer> elsewhere = List.of(301, 400, 401, 403, 404);
        for (int status : elsewhere) {
            replies.put("/api/health", new Reply(status, "{}"));
            assertThat(ask(Probe.GRAFANA)).as("%d", status).isEqualTo(ProbeAnswer.NONE);
        }
        assertThat(host.count("unasked")).isEqualTo(elsewhere.size());
        replies.put("/api/health", new Reply(200, "{\"database\": \"ok\"}"));
        assertThat(ask(Probe.GRAFANA)).isEqualTo(ProbeAnswer.PASSED);
        replies.put("/api/health", new Reply(404, "gone"));
        assertThat(ask(Probe.GRAFANA)).isEqualTo(ProbeAnswer.FAILED);
    }

    /** the round restarts no Grafana that listens at a port of its own. */
    @Test
    void whereNobodyEverListenedARoundFindsNothing() {
        container("http://:" + service.actualPort(), "{}", "");
        replies.put("/api/health", new Reply(503, "{\"database\": \"failing\"}"));
        assertThat(round()).as("it answers, and says that it is ill").isEqualTo(ProbeAnswer.FAILED);
        container("http://:1", "{}", "");
        assertThat(round()).isEqualTo(ProbeAnswer.NONE);
        assertThat(ask(Probe.GRAFANA)).as("where there is a reason to ask").isEqualTo(ProbeAnswer.FAILED);
    }

    private ProbeAnswer round() {
        Input seen = host.engine.lookAround(
                new Effect.Look(7, FAKE, Probe.GRAFANA, Requirement.NOTHING, false, "", List.of()));
        return ((Input.Looked) seen).probe();
    }

    /** A container's network need not be one that this service can reach; nobody listens at a broadcast address. */
    @Test
    void aContainersPublishedPortIsAskedIfItsAddressCannotBeReached() {
        String far = "{\"Networks\":{\"far\":{\"IPAddress\":\"255.255.255.255\"}}%s}";
        bridged(far.formatted(""));
        assertThat(ask(Probe.GRAFANA)).isEqualTo(ProbeAnswer.NONE);
        bridged(far.formatted(",\"Ports\":{\"3000/tcp\":[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"%d\"}]}"
                .formatted(service.actualPort())));
        replies.put("/api/health", new Reply(200, "{\"database\": \"ok\"}"));
        assertThat(ask(Probe.GRAFANA)).isEqualTo(ProbeAnswer.PASSED);
        bridged(far.formatted(""));
        assertThat(ask(Probe.GRAFANA)).as("it could be reached before").isEqualTo(ProbeAnswer.FAILED);
    }

    private void bridged(String network) {
        daemon.on("GET /containers/" + FakeDaemon.ID + "/json", FakeDaemon.json(200, """
            {"Id":"%s","Name":"/fake","Config":{"Image":"an/image:1"},"State":{"Status":"running","StartedAt":"%s"},
             "HostConfig":{"NetworkMode":"far"},"NetworkSettings":%s}\
            """.formatted(
                        FakeDaemon.ID, FakeDaemon.STARTED, network)));
    }

    @Test
    void whoDoesNotAnswerInTwoSecondsHasFailed() {
        at("/silent");
        assertThat(ask(Probe.GRAFANA)).isEqualTo(ProbeAnswer.FAILED);
        assertThat(asked).contains("GET /silent");
    }

    /** */
    @Test
    void aReloadIsAPostWithoutABody() {
        container("", "{}", "");
        Rung rung = reload(Duration.ofSeconds(30));
        replies.put("/-/reload", new Reply(200, ""));
        var before = host.seen(FakeDaemon.ID);
        assertThat(host.perform(host.operation(before, rung))).isEqualTo(new Result.Done());
        assertThat(asked).contains("POST /-/reload", "content-length=0");
        replies.put("/-/reload", new Reply(500, "couldn't load configuration: token=abc"));
        assertThat(host.perform(host.operation(before, rung)))
                .isEqualTo(new Result.Refused("it answered 500: couldn't load configuration: token=[redacted]"));
        replies.remove("/-/reload");
        assertThat(host.perform(host.operation(before, reload(Duration.ofSeconds(2)))))
                .isInstanceOf(Result.Unknown.class);
        service.close().await();
        assertThat(host.perform(host.operation(before, rung))).isInstanceOf(Result.Refused.class);
        assertThat(daemon.writes()).isEmpty();
    }

    private Rung reload(Duration within) {
        return new Rung(
                Action.RELOAD, false, Requirement.NOTHING, service.actualPort(), "/-/reload", "", List.of(), within);
    }
}
