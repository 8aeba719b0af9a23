package caretaker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A service that answers what it was told to answer, and keeps what it was asked. */
final class AnsweringService implements AutoCloseable {
    /** Each line: method, path and query, body. */
    final List<String> asked = Collections.synchronizedList(new java.util.ArrayList<>());

    private final Map<String, Deque<Answer>> answers = new HashMap<>();
    private final HttpServer server;

    private record Answer(int status, String body) {}

    record Ended(int exitCode, String out, String err) {}

    AnsweringService() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** One answer after the other; the last of a path is given again and again. */
    synchronized AnsweringService answers(String path, int status, String body) {
        answers.computeIfAbsent(path, _ -> new ArrayDeque<>()).addLast(new Answer(status, body));
        return this;
    }

    synchronized void forget() {
        answers.clear();
        asked.clear();
    }

    private synchronized Answer next(String path) {
        Deque<Answer> left = answers.getOrDefault(path, new ArrayDeque<>());
        if (left.isEmpty()) {
            return new Answer(404, "not found\n");
        }
        return left.size() > 1 ? left.removeFirst() : left.getFirst();
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        Answer answer = next(exchange.getRequestURI().getPath().replace("/api/v1", ""));
        exchange.sendResponseHeaders(answer.status(), 0);
        exchange.getResponseBody().write(answer.body().getBytes(UTF_8));
        exchange.close();
    }

    /** Runs a command against it. */
    Ended run(String... arguments) {
        return command(
                Stream.concat(Stream.of(arguments), Stream.of("--url", url())).toArray(String[]::new));
    }

    static Ended command(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Ended(exit, out.toString(), err.toString());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
