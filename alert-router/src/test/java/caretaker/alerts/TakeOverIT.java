package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.alerts.receivers.MailServer;
import caretaker.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL of the process that tells: who goes on, and under which ids. */
@Timeout(400)
class TakeOverIT {
    /** The lease passes after 6 s, and 10 are promised and measured by the benchmarks; this machine may be slow. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final TestBroker broker = TestBroker.shared();
    private final String topic = broker.newTopic("take-over", 2);
    private final Hook hook = new Hook();

    @AfterEach
    void closeHook() {
        hook.close();
    }

    private RouterProcess router(String name, String receiver) throws IOException {
        Path own = Files.createDirectories(directory.resolve(name));
        return new RouterProcess(broker, topic, own, TestRouter.config(own, """
                route:
                  receiver: all
                  group_by: [alertname]
                  group_wait: 2s
                  group_interval: 1s
                  routes: [{matchers: [alertname="Waits"], group_wait: 15s}]
                receivers:
                  - name: all
                """ + receiver.indent(4)));
    }

    private static boolean tells(RouterProcess router) {
        return router.get("/metrics")
                .body()
                .lines()
                .anyMatch(line -> line.startsWith("caretaker_lease_held{") && line.endsWith(" 1.0"));
    }

    private static boolean fires(RouterProcess router, String name) {
        return router.accepts("/api/v2/alerts", "[{\"labels\":{\"alertname\":\"" + name + "\"}}]");
    }

    private long copies(String name) {
        return hook.taken().stream()
                .filter(told -> told.labels("alertname").contains(name))
                .count();
    }

    @Test
    void theOneThatStandsByTellsOnceWhatTheOneThatWasKilledHadAcknowledged() throws IOException {
        // K8. Given: two instances, of which one tells
        String receiver = "webhook_configs: [{url: '" + hook.url("/all") + "'}]";
        try (var one = router("one", receiver);
                var two = router("two", receiver)) {
            await().atMost(LIMIT).until(() -> tells(one) != tells(two));
            boolean isFirst = tells(one);
            RouterProcess teller = isFirst ? one : two;
            RouterProcess other = isFirst ? two : one;
            assertThat(fires(other, "Told")).isTrue();
            await().atMost(LIMIT).until(() -> copies("Told") == 1 && other.delivered() == 1);

            // When: it dies in the group_wait of one alert, and its sender never comes again
            assertThat(fires(teller, "Waits")).isTrue();
            teller.kill();

            // Then
            await().atMost(LIMIT).until(() -> copies("Waits") == 1);
            assertThat(tells(other)).isTrue();
            assertThat(fires(other, "Told")).isTrue();
            teller.restart();
            assertThat(fires(teller, "Later")).isTrue();
            await().atMost(LIMIT).until(() -> copies("Later") == 1);
            assertThat(tells(other)).as("who was killed stands by").isTrue();
            assertThat(List.of(copies("Told"), copies("Waits"))).containsExactly(1L, 1L);
        }
    }

    @Test
    void mailWebhookAndPagerdutyAreToldAgainUnderTheirIdsWhenNobodyHeardTheirAnswers() throws Exception {
        // K3. Given: three receivers that have the message, and whose answers never come
        var held = new CountDownLatch(3);
        var killed = new CountDownLatch(1);
        Runnable hold = () -> {
            held.countDown();
            Hook.awaitQuietly(killed);
        };
        try (var mail = new MailServer("", null)) {
            mail.meanwhile(hold);
            hook.meanwhile(hold);
            String receiver = """
                    webhook_configs: [{url: '%s'}]
                    pagerduty_configs: [{url: '%s', routing_key: abc}]
                    email_configs: [{to: a@example.com, from: b@example.com, smarthost: '127.0.0.1:%d', require_tls: false}]
                    """.formatted(hook.url("/webhook"), hook.url("/pagerduty"), mail.port());
            try (var router = router("one", receiver)) {
                assertThat(fires(router, "Told")).isTrue();
                Hook.awaitQuietly(held);

                // When
                router.kill();
                killed.countDown();
                router.restart();

                // Then
                await().atMost(LIMIT).until(() -> router.delivered() == 3);
            }
            assertThat(twice("/webhook", Hook.Told::key)).hasSize(1);
            assertThat(twice("/pagerduty", told -> told.json().getString("dedup_key")))
                    .hasSize(1);
            assertThat(mail.headers("Message-ID").size()
                            + mail.headers("Message-Id").size())
                    .isEqualTo(2);
            assertThat(Stream.of("Message-ID", "Message-Id")
                            .flatMap(name -> mail.headers(name).stream())
                            .distinct())
                    .hasSize(1);
        }
    }

    /** The different ids under which a receiver was told exactly twice. */
    private List<String> twice(String path, Function<Hook.Told, String> id) {
        List<String> all = await().atMost(LIMIT)
                .until(
                        () -> hook.all().stream()
                                .filter(told -> told.path().equals(path))
                                .map(id)
                                .toList(),
                        found -> found.size() >= 2); // the first one is written down when its wait is over
        assertThat(all).hasSize(2);
        return all.stream().distinct().toList();
    }
}
