package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.TestBroker;
import com.icegreen.greenmail.util.ServerSetup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** K3: what was perhaps told when an instance ended is told again, and a receiver can see that it is the same. */
class SameAgainIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String ALERT = """
            [{"labels":{"alertname":"Hot","node":"n1"},"startsAt":"2026-11-23T10:00:00Z"}]
            """;

    @TempDir
    private Path directory;

    private final TestBroker broker = TestBroker.shared();
    private final String topic = broker.newTopic("again", 2);

    private TestRouter router(String receiver) {
        String config = """
                route: {receiver: all, group_by: [alertname], group_wait: 100ms}
                receivers:
                  - name: all
                """ + receiver.indent(4);
        return TestRouter.start(broker, topic, TestRouter.config(directory, config), "");
    }

    @Test
    void aWebhookWhoseAnswerNobodyHeardIsCalledAgainWithTheSameKeyAndBody() {
        var answer = new CountDownLatch(1);
        try (var hook = new Hook()) {
            String receiver = "webhook_configs: [{url: '" + hook.url("/all") + "'}]";
            var called = new CountDownLatch(1);
            hook.meanwhile(() -> {
                called.countDown();
                Hook.awaitQuietly(answer);
            });
            try (var router = router(receiver)) {
                router.post("/api/v2/alerts", ALERT);
                Hook.awaitQuietly(called);
            }
            answer.countDown();
            hook.meanwhile(() -> {});
            try (var _ = router(receiver)) {
                await().atMost(LIMIT).until(() -> hook.all().size() == 2);
            }
            List<Hook.Told> all = hook.all();
            assertThat(all).extracting(Hook.Told::key).doesNotContainNull();
            assertThat(all.stream().map(Hook.Told::key).distinct()).hasSize(1);
            assertThat(all.stream().map(Hook.Told::json).distinct()).hasSize(1);
        }
    }

    @Test
    void aDeadLetterThatIsSentAgainHasItsKeyAndTheMailBesideItIsNotRepeated() throws Exception {
        var mail = Mailboxes.of(ServerSetup.PROTOCOL_SMTP);
        mail.start();
        try (var hook = new Hook()) {
            hook.answer(400);
            String receiver = "email_configs: [{to: a@example.com, from: b@example.com, require_tls: false,"
                    + " smarthost: '127.0.0.1:" + mail.getSmtp().getPort() + "'}]\n"
                    + "webhook_configs: [{url: '" + hook.url("/all") + "'}]";
            try (var router = router(receiver)) {
                router.post("/api/v2/alerts", ALERT);
                await().atMost(LIMIT)
                        .until(() ->
                                router.delivered() == 1 && deadLetters(router).contains("webhook[0]"));
                assertThat(mail.getReceivedMessages()).hasSize(1);
                hook.answer(200);
                router.post("/api/caretaker/v1/dead-letters/resend", "{\"all\":true}");
                await().atMost(LIMIT).until(() -> router.delivered() == 2);
                assertThat(hook.taken()).hasSize(1);
            }
            try (var router = router(receiver)) {
                assertThat(deadLetters(router)).isEqualTo("[]");
            }
            assertThat(mail.getReceivedMessages()).hasSize(1);
            assertThat(hook.all().stream().map(Hook.Told::key).distinct()).hasSize(1);
        } finally {
            mail.stop();
        }
    }

    private static String deadLetters(TestRouter router) {
        return router.get("/api/caretaker/v1/dead-letters").body();
    }
}
