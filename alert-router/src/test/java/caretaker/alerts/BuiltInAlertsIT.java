package caretaker.alerts;

import static caretaker.alerts.TestRouter.LIMIT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.alerts.builtin.Events;
import caretaker.contracts.BackupEvent;
import caretaker.contracts.BackupEventCodec;
import caretaker.contracts.HealthEvent.State;
import caretaker.contracts.HealthEventCodec;
import caretaker.contracts.Topic;
import caretaker.testkit.TestBroker;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alerts made of what the other services say, over a real broker. */
class BuiltInAlertsIT {
    private String config = "route: {receiver: all, group_wait: 100ms}\nreceivers: [{name: all}]\n";

    @TempDir
    private Path directory;

    private final HealthEventCodec health = new HealthEventCodec();

    /** A broker's topics, and what the services would write there. */
    private final class Bus {
        private final TestBroker broker;
        private final String name;

        Bus(TestBroker broker) {
            this.broker = broker;
            this.name = broker.newTopic("alerts", 2);
            for (Topic topic :
                    List.of(Topic.READINGS, Topic.HEALTH, Topic.INVENTORY, Topic.RECOVERIES, Topic.BACKUPS)) {
                broker.createTopic(topic(topic), 2, topic.config());
            }
        }

        String topic(Topic topic) {
            return name + "-" + topic.fullName();
        }

        void says(String host, State state, long sequence) {
            Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            broker.send(
                    topic(Topic.HEALTH), host.getBytes(UTF_8), health.encode(Events.lost(host, state, now, sequence)));
        }

        void speak(Set<String> hosts) {
            try {
                hosts.forEach(host -> broker.send(topic(Topic.READINGS), host.getBytes(UTF_8), new byte[] {1}));
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("the test broker"); // it is slow: they speak later
            }
        }

        TestRouter router(String conditions) {
            String yaml = TestRouter.yaml(broker, name, TestRouter.config(directory, config))
                            .replace("  enabled: false\n", "  silent-after: 15s\n  conditions: {" + conditions + "}\n")
                    + """
                      readings: %s
                      health: %s
                      inventory: %s
                      recoveries: %s
                      backups: %s
                    """.formatted(
                                    topic(Topic.READINGS),
                                    topic(Topic.HEALTH),
                                    topic(Topic.INVENTORY),
                                    topic(Topic.RECOVERIES),
                                    topic(Topic.BACKUPS));
            return TestRouter.start(yaml);
        }
    }

    private static JsonArray alerts(TestRouter router) {
        return new JsonArray(router.get("/api/v2/alerts").body());
    }

    private static JsonObject alert(TestRouter router, String name, String host) {
        JsonArray alerts = alerts(router);
        for (int i = 0; i < alerts.size(); i++) {
            JsonObject labels = alerts.getJsonObject(i).getJsonObject("labels");
            if (name.equals(labels.getString("alertname")) && host.equals(labels.getString("host"))) {
                return alerts.getJsonObject(i);
            }
        }
        return new JsonObject();
    }

    private static void awaitFiring(TestRouter router, String name, String host) {
        await().atMost(LIMIT).until(() -> !alert(router, name, host).isEmpty());
    }

    private static void awaitOver(TestRouter router, String name, String host) {
        await().atMost(LIMIT).until(() -> alert(router, name, host).isEmpty());
    }

    private static void awaitQuietFor(Duration time, TestRouter router) {
        await().during(time).atMost(LIMIT).until(() -> alerts(router).isEmpty());
    }

    @Test
    void whatIsRaisedFiresAndWhatIsClearedEndsAlsoOverARestart() {
        var bus = new Bus(TestBroker.shared());
        bus.says("n1", State.RAISED, 2); // before the router is there
        JsonObject first;
        try (var router = bus.router("")) {
            awaitFiring(router, "GpuLost", "n1");
            first = alert(router, "GpuLost", "n1");
            assertThat(first.getJsonObject("labels").getMap())
                    .containsEntry("severity", "critical")
                    .containsEntry("source", "caretaker")
                    .containsEntry("gpu", "3")
                    .containsEntry("code", "79");
            assertThat(first.getJsonObject("annotations").getString("summary")).isEqualTo("n1: GPU 3 has a problem");
            assertThat(Instant.parse(first.getString("endsAt")))
                    .isAfter(Instant.now().plus(Duration.ofDays(13)));
            bus.says("n2", State.RAISED, 2);
            awaitFiring(router, "GpuLost", "n2");
            bus.says("n2", State.CLEARED, 3);
            awaitOver(router, "GpuLost", "n2");
            bus.says("n3", State.RAISED, 2);
            awaitFiring(router, "GpuLost", "n3");
        }
        bus.says("n3", State.CLEARED, 3); // while the router is away
        bus.says("n4", State.RAISED, 2);
        try (var router = bus.router("")) {
            awaitFiring(router, "GpuLost", "n4");
            awaitOver(router, "GpuLost", "n3");
            assertThat(alert(router, "GpuLost", "n1")).isEqualTo(first); // not even said again
            assertThat(alerts(router)).hasSize(2);
        }
    }

    @Test
    void settingsMuteAndChangeWhatIsTold() {
        var bus = new Bus(TestBroker.shared());
        bus.says("n1", State.RAISED, 2);
        try (var router = bus.router("gpu.lost: {severity: warning}")) {
            awaitFiring(router, "GpuLost", "n1");
            assertThat(alert(router, "GpuLost", "n1").getJsonObject("labels").getString("severity"))
                    .isEqualTo("warning");
        }
        try (var router = bus.router("gpu.lost: {mute: true}")) {
            awaitOver(router, "GpuLost", "n1"); // what fired of it ends
            var failed = Events.backup(
                    BackupEvent.Work.BACKUP, BackupEvent.State.FAILED, Instant.now(), "disk full", List.of(), null);
            bus.broker.send(bus.topic(Topic.BACKUPS), "grafana".getBytes(UTF_8), new BackupEventCodec().encode(failed));
            bus.broker.send(bus.topic(Topic.HEALTH), "n1".getBytes(UTF_8), "{".getBytes(UTF_8)); // nobody stumbles
            awaitFiring(router, "BackupFailed", "head-1");
            assertThat(alerts(router)).hasSize(1);
            await().atMost(LIMIT)
                    .until(() -> router.metric("caretaker_alert_router_news_total{outcome=\"malformed\",topic=\""
                                    + bus.topic(Topic.HEALTH) + "\"}")
                            == 1);
        }
    }

    @Test
    void aReceiverThatCannotBeToldIsToldOfElsewhereUntilItsLettersAreGone() throws IOException {
        var bus = new Bus(TestBroker.shared());
        var refusing = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        refusing.createContext("/", exchange -> {
            exchange.sendResponseHeaders(400, -1);
            exchange.close();
        });
        refusing.start();
        try {
            config = """
                    route:
                      receiver: none
                      group_wait: 100ms
                      routes: [{receiver: refusing, matchers: [alertname="GpuLost"]}]
                    receivers:
                      - name: none
                      - name: refusing
                        webhook_configs: [{url: "http://127.0.0.1:%d/"}]
                    """.formatted(refusing.getAddress().getPort());
            bus.says("n1", State.RAISED, 2);
            try (var router = bus.router("")) {
                awaitFiring(router, "GpuLost", "n1");
                await().atMost(LIMIT).until(() -> undelivered(router).contains("refusing"));
                router.post("/api/caretaker/v1/dead-letters/discard", "{\"all\":true}");
                await().atMost(LIMIT).until(() -> undelivered(router).isEmpty());
            }
        } finally {
            refusing.stop(0);
        }
    }

    private static String undelivered(TestRouter router) {
        JsonArray alerts = alerts(router);
        for (int i = 0; i < alerts.size(); i++) {
            JsonObject labels = alerts.getJsonObject(i).getJsonObject("labels");
            if ("NotificationsUndelivered".equals(labels.getString("alertname"))) {
                return labels.getString("receiver");
            }
        }
        return "";
    }

    @Test
    void aHostThatFallsSilentIsToldAndABrokerThatIsAwayIsNoHostsFault() throws Exception {
        try (var broker = TestBroker.own();
                var speakers = Executors.newScheduledThreadPool(1)) {
            var bus = new Bus(broker);
            Set<String> speaking = ConcurrentHashMap.newKeySet();
            speaking.addAll(List.of("n1", "n2"));
            var _ = speakers.scheduleWithFixedDelay(() -> bus.speak(speaking), 0, 1, TimeUnit.SECONDS);
            try (var router = bus.router("")) {
                await().atMost(LIMIT).until(() -> router.metric("caretaker_alert_router_hosts_known") == 2);
                speaking.remove("n2");
                awaitFiring(router, "HostSilent", "n2");
                assertThat(alerts(router)).hasSize(1);
                speaking.add("n2");
                awaitOver(router, "HostSilent", "n2");

                speaking.clear();
                speakers.submit(() -> {}).get(LIMIT.toSeconds(), TimeUnit.SECONDS); // nobody is in mid-sentence
                broker.stop();
                awaitQuietFor(Duration.ofSeconds(20), router);
                broker.start();
                speaking.addAll(List.of("n1", "n2"));
                awaitQuietFor(Duration.ofSeconds(18), router);
                speaking.remove("n2");
                awaitFiring(router, "HostSilent", "n2");
            }
        }
    }
}
