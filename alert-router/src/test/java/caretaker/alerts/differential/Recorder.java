package caretaker.alerts.differential;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A receiver over HTTP that keeps what it is told. It answers 200 {@code ok}, or what it was told to. */
final class Recorder implements AutoCloseable {
    /**
     * A request.
     *
     * @param at when it was there
     * @param answered with which status
     */
    record Heard(Instant at, String path, String contentType, String body, int answered) {}

    private final List<Heard> heard = new CopyOnWriteArrayList<>();
    private final Map<String, Deque<Integer>> answers = new ConcurrentHashMap<>();
    private final HttpServer server;

    Recorder() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Answers the next requests to the path so; those after them 200. */
    void answer(String path, int... statuses) {
        Deque<Integer> queue = answers.computeIfAbsent(path, key -> new ArrayDeque<>());
        synchronized (queue) {
            for (int status : statuses) {
                queue.add(status);
            }
        }
    }

    /** In the order of arrival. */
    List<Heard> heard() {
        return List.copyOf(heard);
    }

    private void handle(HttpExchange exchange) throws IOException {
        Instant at = InstantSource.system().instant();
        String path = exchange.getRequestURI().toString();
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        int status = next(path);
        heard.add(new Heard(
                at, path, String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")), body, status));
        byte[] answer = "ok".getBytes(UTF_8);
        exchange.sendResponseHeaders(status, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    private int next(String path) {
        Deque<Integer> queue = answers.get(path);
        if (queue == null) {
            return 200;
        }
        synchronized (queue) {
            Integer status = queue.poll();
            return status == null ? 200 : status;
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
