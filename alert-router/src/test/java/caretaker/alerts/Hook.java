package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A webhook's other end: keeps what it is told. */
final class Hook implements AutoCloseable {
    private final HttpServer server;
    private final List<Told> all = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private volatile int status = 200;
    private volatile Runnable meanwhile = () -> {};

    /** @param path may tell receivers apart */
    record Told(String path, String key, JsonObject json, int status) {
        String state() {
            return json.getString("status");
        }

        /** The values of one label. */
        List<String> labels(String name) {
            return json.getJsonArray("alerts").stream()
                    .map(alert -> ((JsonObject) alert).getJsonObject("labels").getString(name))
                    .toList();
        }
    }

    Hook() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::hear);
        server.start();
    }

    /** For what it does {@link #meanwhile}, where no exception is passed on. */
    static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(TestRouter.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private void hear(HttpExchange exchange) throws IOException {
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        meanwhile.run();
        int answer = status;
        all.add(new Told(
                exchange.getRequestURI().getPath(),
                exchange.getRequestHeaders().getFirst("Idempotency-Key"),
                new JsonObject(body),
                answer));
        open.decrementAndGet();
        exchange.sendResponseHeaders(answer, -1);
        exchange.close();
    }

    /** What to answer from now on. */
    void answer(int code) {
        status = code;
    }

    /** What to do before answering. */
    void meanwhile(Runnable work) {
        meanwhile = work;
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** What was answered with success. */
    List<Told> taken() {
        return all.stream().filter(told -> told.status() == 200).toList();
    }

    List<Told> all() {
        return List.copyOf(all);
    }

    int mostOpen() {
        return mostOpen.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
