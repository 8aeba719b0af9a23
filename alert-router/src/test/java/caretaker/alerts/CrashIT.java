package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.TestBroker;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL of a real router on a broker that lives on: nothing that was acknowledged is lost, and what is told again has
 * the key of the first time.
 */
@Timeout(300)
class CrashIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int KILLS = 3;

    @TempDir
    private Path directory;

    private final TestBroker broker = TestBroker.shared();
    private final String topic = broker.newTopic("crash", 2);
    private final Hook hook = new Hook();
    private RouterProcess router;

    @BeforeEach
    void startRouter() {
        Path config = TestRouter.config(directory, """
                route:
                  receiver: all
                  group_by: ['...']
                  group_wait: 200ms
                  group_interval: 500ms
                  routes:
                    - {matchers: [alertname="Waits"], group_wait: 15s}
                    - {matchers: [alertname="Ends"], group_wait: 0s, group_interval: 20s}
                receivers:
                  - name: all
                    webhook_configs: [{url: '%s'}]
                """.formatted(hook.url("/all")));
        router = new RouterProcess(broker, topic, directory, config);
    }

    @AfterEach
    void close() {
        router.close();
        hook.close();
    }

    private boolean fires(String name) {
        return posted(name, Duration.ofHours(1));
    }

    private boolean ends(String name) {
        return posted(name, Duration.ZERO);
    }

    private boolean posted(String name, Duration lasts) {
        var alert = new JsonObject()
                .put("labels", new JsonObject().put("alertname", name))
                .put("endsAt", Instant.now().plus(lasts).toString());
        return router.accepts("/api/v2/alerts", new JsonArray().add(alert).encode());
    }

    private boolean silences(String name) {
        Instant now = Instant.now();
        var matcher =
                new JsonObject().put("name", "alertname").put("value", name).put("isRegex", false);
        return router.accepts(
                "/api/v2/silences",
                new JsonObject()
                        .put("matchers", new JsonArray().add(matcher))
                        .put("startsAt", now.toString())
                        .put("endsAt", now.plusSeconds(3600).toString())
                        .put("createdBy", "test")
                        .put("comment", "test")
                        .encode());
    }

    /** The states that were told of an alert, in order. */
    private List<String> told(String name) {
        return hook.taken().stream()
                .filter(told -> told.labels("alertname").contains(name))
                .map(Hook.Told::state)
                .toList();
    }

    @Test
    void whatWasAcknowledgedHasItsEffectAfterACrash() {
        // Given: one alert that was told of, one that ended since, a silence, and one that waits for its group_wait
        assertThat(fires("Told")).isTrue();
        assertThat(fires("Ends")).isTrue();
        await().atMost(LIMIT).until(() -> router.delivered() == 2);
        assertThat(silences("Silenced")).isTrue();
        assertThat(fires("Waits")).isTrue();
        assertThat(ends("Ends")).isTrue();
        assertThat(hook.taken()).hasSize(2);

        // When
        router.kill();
        router.restart();
        assertThat(fires("Told")).as("its sender repeats it").isTrue();
        assertThat(fires("Silenced")).isTrue();

        // Then
        await().atMost(LIMIT).until(() -> told("Waits").size() == 1);
        await().atMost(LIMIT).until(() -> told("Ends").size() == 2);
        assertThat(fires("Later")).isTrue();
        await().atMost(LIMIT).until(() -> told("Later").size() == 1);
        assertThat(told("Ends")).containsExactly("firing", "resolved");
        assertThat(told("Told")).containsExactly("firing");
        assertThat(told("Silenced")).isEmpty();
        assertThat(hook.all()).extracting(Hook.Told::key).doesNotHaveDuplicates();
    }

    @Test
    void aMessageThatTheReceiverHadWhenTheRouterDiedIsSentAgainUnderItsKey() {
        var first = new AtomicBoolean(true);
        var acknowledged = new CountDownLatch(1);
        hook.meanwhile(() -> {
            if (first.getAndSet(false)) {
                Hook.awaitQuietly(acknowledged);
                router.kill(); // the receiver takes it, and nobody hears of that
            }
        });
        assertThat(fires("Told")).isTrue();
        acknowledged.countDown();
        await().atMost(LIMIT).until(() -> !told("Told").isEmpty());

        router.restart();

        await().atMost(LIMIT).until(() -> told("Told").size() == 2);
        assertThat(hook.taken().stream().map(Hook.Told::key).distinct()).hasSize(1);
        await().atMost(LIMIT).until(() -> router.delivered() == 1);
    }

    @Test
    void anEndThatCameWhileTheFirstMessageWasBeingSentIsToldAfterTheCrash() {
        var first = new AtomicBoolean(true);
        var acknowledged = new CountDownLatch(1);
        var ended = new AtomicBoolean();
        hook.meanwhile(() -> {
            if (first.getAndSet(false)) {
                Hook.awaitQuietly(acknowledged);
                ended.set(ends("Told"));
                router.kill();
            }
        });
        assertThat(fires("Told")).isTrue();
        acknowledged.countDown();
        await().atMost(LIMIT).until(() -> !told("Told").isEmpty());
        assertThat(ended).isTrue();

        router.restart();

        await().atMost(LIMIT).until(() -> told("Told").contains("resolved"));
    }

    @Test
    void killedAtAnyTimeItTellsOfEverythingThatItAcknowledged() {
        var random = new Random(4711);
        Set<String> firing = new HashSet<>();
        Set<String> ended = new HashSet<>();
        for (int kill = 0; kill < KILLS; kill++) {
            var acknowledged = new CountDownLatch(2);
            var killed = CompletableFuture.runAsync(
                    () -> {
                        Hook.awaitQuietly(acknowledged); // a slow machine has done nothing yet that could be lost
                        router.kill();
                    },
                    CompletableFuture.delayedExecutor(
                            random.nextInt(200, 1500), TimeUnit.MILLISECONDS, Thread::startVirtualThread));
            for (int i = 0; !killed.isDone(); i++) {
                String name = "A" + kill + "-" + i;
                if (fires(name)) {
                    firing.add(name);
                    acknowledged.countDown();
                }
                List<Hook.Told> taken = hook.taken();
                if (i % 3 == 0 && !taken.isEmpty()) {
                    String last = taken.getLast().labels("alertname").getFirst();
                    if (ends(last)) {
                        ended.add(last);
                    }
                }
            }
            killed.join();
            router.restart();
        }

        assertThat(firing).hasSizeGreaterThan(KILLS);
        await().atMost(LIMIT).untilAsserted(() -> assertThat(names("firing")).containsAll(firing));
        await().atMost(LIMIT).untilAsserted(() -> assertThat(names("resolved")).containsAll(ended));
        Map<String, Set<String>> keys = new HashMap<>();
        hook.taken()
                .forEach(told -> keys.computeIfAbsent(told.labels("alertname") + told.state(), _ -> new HashSet<>())
                        .add(told.key()));
        assertThat(keys)
                .as("what is told twice has one key")
                .allSatisfy((_, all) -> assertThat(all).hasSize(1));
    }

    private List<String> names(String state) {
        List<String> names = new ArrayList<>();
        hook.taken().stream()
                .filter(told -> told.state().equals(state))
                .forEach(told -> names.addAll(told.labels("alertname")));
        return names;
    }
}
