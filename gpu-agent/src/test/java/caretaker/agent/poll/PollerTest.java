package caretaker.agent.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PollerTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void hostsTakeTurnsEvenlySpreadOverTheInterval() {
        var nanos = new AtomicLong();
        List<FakeHost> hosts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            hosts.add(new FakeHost(Intervals.DEFAULT));
        }
        var poller = new Poller(hosts.stream().map(host -> host.poll).toList(), SECOND, nanos::get, hosts.getFirst());
        for (int quarter = 1; quarter <= 12; quarter++) {
            assertThat(poller.turn()).isEqualTo(Duration.ofMillis(250).toNanos());
            assertThat(hosts.stream().mapToInt(host -> host.records.size()).sum())
                    .isEqualTo(quarter);
            nanos.addAndGet(Duration.ofMillis(250).toNanos());
        }
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        poller.turn();
        assertThat(hosts).allSatisfy(host -> assertThat(host.records).hasSize(4)); // no burst
        assertThat(hosts.getFirst().missed).hasValueGreaterThanOrEqualTo(36);
    }

    @Test
    void aStuckThreadIsLeftAloneAndNoSecondOneJoinsIt() {
        var host = new FakeHost(new Intervals(Duration.ofMillis(100), SECOND, SECOND));
        var released = new CountDownLatch(1);
        var threads = new ConcurrentSkipListSet<String>();
        host.during = () -> {
            threads.add(
                    Thread.currentThread().getName() + Thread.currentThread().threadId());
            waitFor(released);
        };
        try (var poller = new Poller(List.of(host.poll), Duration.ofMillis(100), host.nanos::get, host)) {
            poller.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> host.call.running() != null);
            host.advance(Duration.ofMillis(299));
            assertThat(poller.isWell()).isTrue();
            host.advance(Duration.ofMillis(1));
            await().atMost(Duration.ofSeconds(30)).until(() -> !host.events.isEmpty());
            assertThat(poller.isWell()).isFalse();
            assertThat(threads).hasSize(1);
            host.during = () -> threads.add(
                    Thread.currentThread().getName() + Thread.currentThread().threadId());
            released.countDown();
            await().atMost(Duration.ofSeconds(30)).until(() -> host.events.size() == 2);
            assertThat(poller.isWell()).isTrue();
            assertThat(threads).hasSize(1);
        }
    }

    @Test
    void closingDoesNotWaitForAStuckDriver() {
        var host = new FakeHost(Intervals.DEFAULT);
        var never = new CountDownLatch(1);
        host.during = () -> waitFor(never);
        var poller = new Poller(List.of(host.poll), SECOND, host.nanos::get, host);
        poller.start();
        await().atMost(Duration.ofSeconds(30)).until(() -> host.call.running() != null);
        poller.close();
        assertThat(poller.ended()).isDone();
        never.countDown();
    }

    @Test
    void aBugEndsTheThreadAndIsTold() {
        var host = new FakeHost(Intervals.DEFAULT);
        host.during = () -> {
            throw new IllegalStateException("a bug");
        };
        var poller = new Poller(List.of(host.poll), SECOND, host.nanos::get, host);
        poller.start();
        assertThat(poller.ended()).failsWithin(Duration.ofSeconds(30));
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            if (!latch.await(120, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody released it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
