package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What receivers are told otherwise than Alertmanager would, over a real broker. The group ticks once in an hour. */
class ReceiverOptionsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String SILENCE = """
            {"matchers":[{"name":"alertname","value":"Hot","isRegex":false}],"startsAt":"2026-01-01T00:00:00Z",
             "endsAt":"2126-01-01T00:00:00Z","createdBy":"me","comment":"why"}
            """;

    @TempDir
    private Path directory;

    private final TestBroker broker = TestBroker.shared();
    private final String topic = broker.newTopic("receiver-options", 2);
    private final Hook hook = new Hook();

    @AfterEach
    void closeHook() {
        hook.close();
    }

    private TestRouter router() {
        return TestRouter.start(broker, topic, TestRouter.config(directory, """
                        route: {receiver: all, group_by: [alertname], group_wait: 100ms, group_interval: 1h}
                        receivers:
                          - name: all
                            webhook_configs: [{url: '%s'}]
                        """.formatted(hook.url("/all"))), """
                        defaults: {flush-when-all-resolved: true}
                        receivers: {all: {send-resolved-when-silenced: true}}
                        """);
    }

    private static String alert(boolean resolved) {
        return """
                [{"labels":{"alertname":"Hot","node":"n1"},"startsAt":"2026-11-23T10:00:00Z"%s}]
                """.formatted(resolved ? ",\"endsAt\":\"2026-11-23T10:05:00Z\"" : "");
    }

    @Test
    void anEndIsToldAtOnceAfterARestartAndUnderASilence() {
        // K11, K12. Given: an alert that was told of, a silence, and a restart
        try (var router = router()) {
            router.post("/api/v2/alerts", alert(false));
            await().atMost(LIMIT).until(() -> router.delivered() == 1);
            assertThat(router.post("/api/v2/silences", SILENCE).statusCode()).isEqualTo(200);
        }
        try (var router = router()) {
            // When
            router.post("/api/v2/alerts", alert(true));

            // Then
            await().atMost(LIMIT).until(() -> hook.taken().size() == 2);
            assertThat(hook.taken()).extracting(Hook.Told::state).containsExactly("firing", "resolved");
        }
    }
}
