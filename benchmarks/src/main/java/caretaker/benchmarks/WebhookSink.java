package caretaker.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A receiver of webhooks in this process: remembers what came and when, counts connections, answers as it is told. */
final class WebhookSink implements AutoCloseable {
    private static final int BACKLOG = 16_384;
    private static final long LOOK_NANOS = 1_000_000;
    private static final long LONGEST_LOOK_NANOS = 200_000_000;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final Queue<Message> messages = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private final HttpServer server;
    private volatile int status = 200;
    private volatile long newest;
    private volatile Duration delay = Duration.ZERO;

    /** A message that was answered 200. */
    static final class Message {
        private final @Nullable String key;
        private final byte[] body;
        private @Nullable JsonNode json; // read when somebody asks

        private Message(@Nullable String key, byte[] body) {
            this.key = key;
            this.body = body;
        }

        /** Its {@code Idempotency-Key}, or null. */
        @Nullable String key() {
            return key;
        }

        /** The numbers of its alerts with that status, {@code firing} or {@code resolved}. */
        synchronized List<Integer> numbers(String status) {
            List<Integer> numbers = new ArrayList<>();
            for (JsonNode alert : alerts()) {
                if (alert.path("status").asText().equals(status)) {
                    numbers.add(alert.path("labels").path(Alerts.LABEL).asInt());
                }
            }
            return numbers;
        }

        private JsonNode alerts() {
            JsonNode known = json;
            if (known == null) {
                try {
                    known = MAPPER.readTree(body).path("alerts");
                } catch (IOException e) {
                    throw new UncheckedIOException("a webhook that is no JSON", e);
                }
                json = known;
            }
            return known;
        }
    }

    WebhookSink() {
        var options = new HttpServerOptions().setHost("127.0.0.1").setPort(0).setAcceptBacklog(BACKLOG);
        server = vertx.createHttpServer(options)
                .connectionHandler(connection -> {
                    mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
                    connection.closeHandler(_ -> open.decrementAndGet());
                })
                .requestHandler(this::take);
        server.listen().toCompletionStage().toCompletableFuture().join();
    }

    private void take(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            long nanos = System.nanoTime();
            attempts.incrementAndGet();
            int answer = status;
            if (answer == 200) {
                messages.add(new Message(request.getHeader("Idempotency-Key"), body.getBytes()));
                newest = nanos;
                count.incrementAndGet();
            }
            if (delay.isZero()) {
                request.response().setStatusCode(answer).end();
            } else {
                vertx.setTimer(
                        delay.toMillis(),
                        _ -> request.response().setStatusCode(answer).end());
            }
        });
    }

    /** For a webhook's {@code url}. */
    String url() {
        return "http://127.0.0.1:" + server.actualPort() + "/hook";
    }

    /** From now on. What is not answered 200 is not remembered. */
    void answer(int code) {
        status = code;
    }

    /** From now on each answer takes so long. */
    void delay(Duration wait) {
        delay = wait;
    }

    List<Message> messages() {
        return List.copyOf(messages);
    }

    int count() {
        return count.get();
    }

    /** {@link System#nanoTime} when the last byte of the newest one was here. */
    long newest() {
        return newest;
    }

    /** Messages that came, whatever was answered. */
    int attempts() {
        return attempts.get();
    }

    /** Connections that were open at one time. */
    int mostOpen() {
        return mostOpen.get();
    }

    /** Every telling of a status, a number as often as it was told. */
    List<Integer> told(String status) {
        return messages.stream()
                .flatMap(message -> message.numbers(status).stream())
                .toList();
    }

    /** Waits until so many messages were taken; whether they were. */
    boolean await(int messagesTaken, Duration limit) {
        return until(() -> count.get() >= messagesTaken, limit);
    }

    /** Looks whether something is so, every millisecond at first and less and less often; whether it came to be. */
    static boolean until(BooleanSupplier condition, Duration limit) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            long waited = System.nanoTime() - begin;
            if (waited > limit.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(Math.clamp(waited / 20, LOOK_NANOS, LONGEST_LOOK_NANOS));
        }
        return true;
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
