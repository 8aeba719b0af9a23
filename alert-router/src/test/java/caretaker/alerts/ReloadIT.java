package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.TestBroker;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading the configuration again, by SIGHUP and by POST /-/reload, and the metrics that tell of it. */
class ReloadIT {
    private static final String ONE = "route: {receiver: one}\nreceivers: [{name: one}]\n";
    private static final String TWO = """
            route: {receiver: one, routes: [{receiver: two, matchers: [a="b"]}]}
            receivers:
              - name: one
                webhook_configs: [{url: 'http://127.0.0.1:1/'}, {url: 'http://127.0.0.1:2/'}]
              - name: two
              - name: unused
                webhook_configs: [{url: 'http://127.0.0.1:3/'}]
            inhibit_rules: [{source_matchers: [a="b"], target_matchers: [a="c"]}]
            """;
    private static final String BAD = "route: {receiver: nobody}\n";

    @TempDir
    private Path directory;

    private final TestBroker broker = TestBroker.shared();

    private static Map<String, Double> metrics(TestRouter router) {
        Map<String, Double> found = new TreeMap<>();
        router.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("alertmanager_"))
                .forEach(line -> found.put(
                        line.substring(0, line.lastIndexOf(' ')),
                        Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
        return found;
    }

    private static int receivers(TestRouter router) {
        return new JsonArray(router.get("/api/v2/receivers").body()).size();
    }

    private static boolean isReloaded(TestRouter router, double wanted) {
        return Double.valueOf(wanted).equals(metrics(router).get("alertmanager_config_last_reload_successful"));
    }

    private static void hangUp() {
        try {
            String pid = Long.toString(ProcessHandle.current().pid());
            assertThat(new ProcessBuilder("kill", "-HUP", pid)
                            .start()
                            .waitFor(TestRouter.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aSignalReadsAGoodFileAndABadOneChangesNothing() {
        try (var router = TestRouter.start(broker, broker.newTopic("hup", 2), TestRouter.config(directory, ONE))) {
            HangUp.does(() -> router.router().reload());
            Map<String, Double> before = metrics(router);

            TestRouter.config(directory, BAD);
            hangUp();
            Awaitility.await().atMost(TestRouter.LIMIT).until(() -> isReloaded(router, 0));
            assertThat(receivers(router)).isEqualTo(1);
            assertThat(metrics(router))
                    .containsEntry("alertmanager_config_hash", before.get("alertmanager_config_hash"))
                    .containsEntry(
                            "alertmanager_config_last_reload_success_timestamp_seconds",
                            before.get("alertmanager_config_last_reload_success_timestamp_seconds"));

            TestRouter.config(directory, TWO);
            hangUp();
            Awaitility.await().atMost(TestRouter.LIMIT).until(() -> receivers(router) == 3);
            Awaitility.await().atMost(TestRouter.LIMIT).untilAsserted(() -> {
                assertThat(isReloaded(router, 1)).isTrue();
                Map<String, Double> after = metrics(router);
                assertThat(after.get("alertmanager_config_hash")).isNotEqualTo(before.get("alertmanager_config_hash"));
                assertThat(after.get("alertmanager_config_last_reload_success_timestamp_seconds"))
                        .isGreaterThan(before.get("alertmanager_config_last_reload_success_timestamp_seconds"));
                assertThat(after)
                        .containsEntry("alertmanager_receivers", 2.0) // those in use
                        .containsEntry("alertmanager_integrations", 2.0)
                        .containsEntry("alertmanager_inhibition_rules", 1.0);
            });
        }
    }

    @Test
    void theMetricsHaveAlertmanagersNames() {
        try (var router = TestRouter.start(broker, broker.newTopic("names", 2), TestRouter.config(directory, TWO))) {
            router.post("/api/v2/alerts", "[{\"labels\":{\"a\":\"b\"}},{\"labels\":{\"a\":\"c\"}},{\"labels\":{}}]");
            router.get("/api/v2/nothing");
            Awaitility.await()
                    .atMost(TestRouter.LIMIT)
                    .untilAsserted(() -> assertThat(metrics(router))
                            .containsEntry("alertmanager_alerts{state=\"active\"}", 1.0)
                            .containsEntry("alertmanager_alerts{state=\"suppressed\"}", 1.0)
                            .containsEntry("alertmanager_alerts{state=\"unprocessed\"}", 0.0)
                            .containsEntry("alertmanager_alerts_received_total{status=\"firing\",version=\"v2\"}", 3.0)
                            .containsEntry(
                                    "alertmanager_alerts_received_total{status=\"resolved\",version=\"v2\"}", 0.0)
                            .containsEntry("alertmanager_alerts_invalid_total{version=\"v2\"}", 1.0)
                            .containsEntry("alertmanager_silences{state=\"active\"}", 0.0)
                            .containsEntry("alertmanager_silences{state=\"pending\"}", 0.0)
                            .containsEntry("alertmanager_silences{state=\"expired\"}", 0.0)
                            .containsEntry("alertmanager_cluster_enabled", 1.0)
                            .containsEntry("alertmanager_cluster_members", 1.0)
                            .containsEntry("alertmanager_cluster_failed_peers", 0.0)
                            .containsEntry("alertmanager_cluster_health_score", 0.0)
                            .containsEntry("alertmanager_http_requests_in_flight{method=\"get\"}", 0.0)
                            .containsEntry("alertmanager_http_concurrency_limit_exceeded_total{method=\"get\"}", 0.0)
                            .containsEntry(
                                    "alertmanager_http_request_duration_seconds_count"
                                            + "{code=\"400\",handler=\"/api/v2/alerts\",method=\"post\"}",
                                    1.0)
                            .containsEntry(
                                    "alertmanager_http_response_size_bytes_count{handler=\"other\",method=\"get\"}",
                                    1.0)
                            .containsKey("alertmanager_dispatcher_aggregation_groups"));
            assertThat(router.get("/metrics").body())
                    .contains(
                            "alertmanager_build_info{branch=\"caretaker\",",
                            "# TYPE alertmanager_http_request_duration_seconds histogram",
                            "# TYPE alertmanager_http_response_size_bytes histogram");
        }
    }
}
