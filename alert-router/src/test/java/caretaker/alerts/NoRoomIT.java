package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.TestBroker;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A router that is full says so to who sends, and takes more when there is room. */
class NoRoomIT {
    private static final String ALERTS = "/api/v2/alerts";
    private static final String CONFIG = """
            route: {receiver: one, group_by: [alertname], group_wait: 0s, group_interval: 1s}
            receivers: [{name: one}]
            """;

    @TempDir
    private Path directory;

    private final TestBroker broker = TestBroker.shared();

    private TestRouter start(String settings) {
        return TestRouter.start(broker, broker.newTopic("full", 2), TestRouter.config(directory, CONFIG), settings);
    }

    private static HttpResponse<String> post(TestRouter router, String name, String more) {
        return router.post(ALERTS, "[{\"labels\":{\"alertname\":\"" + name + "\"}" + more + "}]");
    }

    @Test
    void i10WhatFindsNoRoomIsAnswered503AndWhatIsOverGivesWay() {
        try (var router = start("max-alerts: 1")) {
            assertThat(post(router, "First", "").statusCode()).isEqualTo(200);

            HttpResponse<String> full = post(router, "Second", "");

            assertThat(full.statusCode()).isEqualTo(503);
            assertThat(full.body()).isEqualTo("\"no room for 1 of 1 alerts\"");
            assertThat(router.get("/metrics").body()).contains("caretaker_alert_router_alerts_refused_total 1.0");
            assertThat(post(router, "First", "").statusCode()).as("a known one").isEqualTo(200);
            assertThat(post(router, "First", ",\"endsAt\":\"2020-01-01T00:00:00Z\"")
                            .statusCode())
                    .as("its end")
                    .isEqualTo(200);
            await().atMost(TestRouter.LIMIT)
                    .until(() -> post(router, "Second", "").statusCode() == 200);
            assertThat(router.get(ALERTS).body()).contains("Second").doesNotContain("First");
        }
    }

    private static int silence(TestRouter router, int size) {
        return router.post("/api/v2/silences", """
                        {"matchers":[{"name":"a","value":"b","isRegex":false}],"startsAt":"2026-01-01T00:00:00Z",
                         "endsAt":"2999-01-01T00:00:00Z","createdBy":"me","comment":"%s"}
                        """.formatted("x".repeat(size))).statusCode();
    }

    @Test
    void i10ThePostsThatAreAcceptedFitTheMemoryAndSoDoesWhatARestartReads() {
        // Given: room for ten large alerts
        String annotations = ",\"annotations\":{\"text\":\"" + "x".repeat(100_000) + "\"}";
        String topic = broker.newTopic("budget", 2);
        Path config = TestRouter.config(directory, CONFIG);
        double taken = 0;
        try (var router = TestRouter.start(broker, topic, config, "max-kept: 1MiB")) {
            int[] statuses = new int[30];

            // When
            for (int i = 0; i < statuses.length; i++) {
                statuses[i] = post(router, "Large" + i, annotations).statusCode();
            }

            // Then
            assertThat(statuses).containsOnly(200, 503);
            taken = router.metric("caretaker_alert_router_alerts_known");
            assertThat(taken).isEqualTo(10);
            assertThat(router.metric("caretaker_alert_router_kept_bytes")).isBetween(1e6, 1024.0 * 1024);
            assertThat(silence(router, 60_000)).isEqualTo(503);
            assertThat(silence(router, 100)).isEqualTo(200);
        }
        try (var router = TestRouter.start(broker, topic, config, "max-kept: 1MiB")) {
            assertThat(router.metric("caretaker_alert_router_alerts_known")).isEqualTo(taken);
            assertThat(router.metric("caretaker_alert_router_kept_bytes")).isBetween(1e6, 1024.0 * 1024);
            assertThat(post(router, "Another", annotations).statusCode()).isEqualTo(503);
        }
    }
}
