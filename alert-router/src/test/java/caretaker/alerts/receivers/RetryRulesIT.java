package caretaker.alerts.receivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** 1.8: what is tried again; and receivers that mean harm. */
class RetryRulesIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Fake fake;

    @BeforeEach
    void start() throws Exception {
        fake = new Fake();
    }

    @AfterEach
    void stop() {
        fake.close();
    }

    private Outcome send(String more) throws Exception {
        return Fake.send("webhook_configs:\n- url: " + fake.url("/hunter2") + "\n" + more.indent(2), Fake.firing());
    }

    @Test
    void serverErrorsAreTriedAgainAndClientErrorsAreNot() throws Exception {
        // E2
        fake.then(503, "later");
        fake.then(400, "no such field");
        Outcome first = send("");
        assertThat(first).isInstanceOf(Outcome.Retry.class);
        assertThat(((Outcome.Retry) first).why()).isEqualTo("the receiver answered 503: later");
        Outcome second = send("");
        assertThat(second).isInstanceOf(Outcome.Refused.class);
        assertThat(((Outcome.Refused) second).why()).isEqualTo("the receiver answered 400: no such field");
    }

    @Test
    void tooManyRequestsIsTriedAgainWhenTheReceiverSays() throws Exception {
        // K9
        fake.then(429, "", "Retry-After", "7");
        fake.then(429, "", "Retry-After", "Mon, 23 Nov 2026 10:00:30 GMT");
        fake.then(429, "", "Retry-After", "99999999999999");
        fake.then(429, "", "Retry-After", "soon");
        assertThat(((Outcome.Retry) send("")).after()).isEqualTo(Duration.ofSeconds(7));
        assertThat(((Outcome.Retry) send("")).after()).isEqualTo(Duration.ofSeconds(30));
        assertThat(((Outcome.Retry) send("")).after()).isEqualTo(Duration.ofDays(1));
        assertThat(((Outcome.Retry) send("")).after()).isNull();
    }

    @Test
    void aReceiverThatIsNotThereIsTriedAgainAndItsUrlIsNotShown() throws Exception {
        try (var taken = Fake.portOfNobody()) {
            String yaml = "webhook_configs:\n- url: http://127.0.0.1:" + taken.getLocalPort() + "/hunter2\n";
            Outcome outcome = Fake.send(yaml, Fake.firing());
            assertThat(outcome).isInstanceOf(Outcome.Retry.class);
            assertThat(outcome.toString()).doesNotContain("hunter2");
        }
    }

    @Test
    void aReceiverThatHangsIsLeftAfterItsTimeout() throws Exception {
        // E7
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var senders = Fake.senders("webhook_configs:\n- {url: 'http://127.0.0.1:" + silent.getLocalPort()
                        + "/', timeout: 300ms}\n")) {
            Outcome outcome = Fake.send(senders, Fake.firing());
            assertThat(outcome).isInstanceOf(Outcome.Retry.class);
            await().atMost(LIMIT).until(() -> senders.gate().inFlight() == 0);
        }
    }

    @Test
    void aReceiverThatDripsItsAnswerIsLeftToo() throws Exception {
        var over = new CountDownLatch(1);
        fake.then(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('o');
            exchange.getResponseBody().flush();
            try {
                assertThat(over.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new java.io.InterruptedIOException();
            }
        });
        var hits = new Gate.Hits();
        try (var senders = Fake.senders("webhook_configs:\n- {url: '" + fake.url("/") + "', timeout: 500ms}\n", hits)) {
            assertThat(Fake.send(senders, Fake.firing())).isInstanceOf(Outcome.Retry.class);
            assertThat(hits.late().sum()).isEqualTo(1);
            await().atMost(LIMIT).until(() -> senders.gate().inFlight() == 0);
        } finally {
            over.countDown();
        }
    }

    @Test
    void tenGigabytesAreNotRead() throws Exception {
        var written = new AtomicLong();
        var ended = new CountDownLatch(1);
        fake.then(exchange -> {
            long size = 10L << 30;
            exchange.sendResponseHeaders(500, size);
            byte[] block = new byte[1 << 16];
            java.util.Arrays.fill(block, (byte) 'x');
            try {
                while (written.get() < size) {
                    exchange.getResponseBody().write(block);
                    written.addAndGet(block.length);
                }
            } finally {
                ended.countDown();
            }
        });
        Outcome outcome = send("");
        assertThat(outcome).isInstanceOf(Outcome.Retry.class);
        assertThat(((Outcome.Retry) outcome).why()).hasSizeLessThan(300);
        assertThat(ended.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(written.get()).isLessThan(64L << 20);
    }

    @Test
    void redirectsLeadNowhereElse() throws Exception {
        fake.then(307, "", "Location", "http://169.254.169.254/latest/meta-data/");
        fake.then(302, "", "Location", "/other");
        fake.then(308, "", "Location", "http://localhost:1/");
        fake.then(307, "", "Location", "://");
        for (int i = 0; i < 4; i++) {
            assertThat(send("")).isInstanceOf(Outcome.Refused.class);
        }
        assertThat(fake.requests).hasSize(4);
    }

    @Test
    void aRedirectOnTheSameServerIsFollowedWithTheMessageUnlessForbidden() throws Exception {
        fake.then(308, "", "Location", "/moved");
        assertThat(send("")).isInstanceOf(Outcome.Delivered.class);
        assertThat(fake.requests.getLast().path()).isEqualTo("/moved");
        assertThat(fake.requests.getLast().body())
                .isEqualTo(fake.requests.getFirst().body());
        fake.then(308, "", "Location", "/moved");
        assertThat(send("http_config: {follow_redirects: false}")).isInstanceOf(Outcome.Refused.class);
        for (int i = 0; i < 6; i++) {
            fake.then(308, "", "Location", "/round");
        }
        assertThat(send("")).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void theMetadataAddressIsRefusedWhoeverNamesIt() throws Exception {
        for (String host : new String[] {"169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "2852039166"}) {
            Outcome outcome = Fake.send("webhook_configs:\n- url: 'http://" + host + "/x'\n", Fake.firing());
            assertThat(outcome).as(host).isInstanceOf(Outcome.Refused.class);
        }
    }

    @Test
    void atMostSixteenCallsReachAReceiverAtOnce() throws Exception {
        // K4
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        var release = new CountDownLatch(1);
        for (int i = 0; i < 60; i++) {
            fake.then(exchange -> {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                try {
                    assertThat(release.await(LIMIT.toSeconds(), TimeUnit.SECONDS))
                            .isTrue();
                } catch (InterruptedException e) {
                    throw new java.io.InterruptedIOException();
                }
                now.decrementAndGet();
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
        }
        try (var senders = Fake.senders("webhook_configs:\n- url: " + fake.url("/") + "\n");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = java.util.stream.IntStream.range(0, 60)
                    .mapToObj(_ -> threads.submit(() -> Fake.send(senders, Fake.firing())))
                    .toList();
            await().atMost(LIMIT).until(() -> now.get() == Gate.CONNECTIONS);
            release.countDown();
            for (var one : all) {
                assertThat(one.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(Outcome.Delivered.class);
            }
            assertThat(most.get()).isEqualTo(Gate.CONNECTIONS);
        }
    }
}
