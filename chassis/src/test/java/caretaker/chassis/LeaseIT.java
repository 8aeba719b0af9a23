package caretaker.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.TestBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may act, decided by a real broker. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class LeaseIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);

    private static Lease lease(TestBroker broker, String topic, String instance, AtomicReference<Throwable> failure) {
        return lease(broker, topic, instance, Lease.SESSION, failure);
    }

    private static Lease lease(
            TestBroker broker, String topic, String instance, Duration session, AtomicReference<Throwable> failure) {
        return Lease.start(
                KafkaSettings.plain(broker.bootstrapServers()),
                topic,
                instance,
                "at-" + instance,
                topic,
                session,
                new SimpleMeterRegistry(),
                failure::set);
    }

    @Test
    void oneHoldsItAndGivesItBackWhenItCloses() {
        var broker = TestBroker.shared();
        String topic = broker.newTopic("lease", 1);
        var failure = new AtomicReference<Throwable>();
        var session = LIMIT.plusSeconds(20); // who is given it within the limit has not waited for the session's end
        var first = lease(broker, topic, "first", session, failure);
        await().atMost(LIMIT).until(first::held);
        var vertx = Vertx.vertx();
        try (var second = lease(broker, topic, "second", session, failure);
                var members = GroupMembers.watch(
                        vertx, KafkaSettings.plain(broker.bootstrapServers()), topic, Duration.ofMillis(200))) {
            await().atMost(LIMIT).until(() -> members.now().size() == 2);
            assertThat(members.now())
                    .containsExactly(
                            new GroupMembers.Member("first", "at-first"),
                            new GroupMembers.Member("second", "at-second"));
            assertThat(first.held()).as("a second member takes nothing away").isTrue();
            assertThat(second.held()).isFalse();

            first.close();

            await().atMost(LIMIT).until(second::held);
            assertThat(first.held()).isFalse();
        } finally {
            vertx.close().await();
        }
        assertThat(failure).hasNullValue();
    }

    @Test
    void anInstanceThatCannotReachTheBrokerHoldsItNoMore() {
        try (var broker = TestBroker.own()) {
            broker.createTopic("cut", 1, java.util.Map.of());
            var failure = new AtomicReference<Throwable>();
            try (var lease = lease(broker, "cut", "only", failure)) {
                await().atMost(LIMIT).until(lease::held);
                broker.stop();
                await().atMost(Lease.SESSION.plusSeconds(20)).until(() -> !lease.held());
                broker.start();
                await().atMost(LIMIT).until(lease::held);
            }
            assertThat(failure).hasNullValue();
        }
    }

    @Test
    void oneThatComesBackUnderItsNameTakesThePlaceOfTheOneThatHadIt() {
        var broker = TestBroker.shared();
        String topic = broker.newTopic("lease", 1);
        var failure = new AtomicReference<Throwable>();
        try (var before = lease(broker, topic, "same", failure)) {
            await().atMost(LIMIT).until(before::held);
            try (var after = lease(broker, topic, "same", new AtomicReference<>())) {
                await().atMost(LIMIT).until(after::held);
                await().atMost(LIMIT).until(() -> !before.held());
                await().atMost(LIMIT).until(() -> failure.get() != null);
            }
        }
    }
}
