package caretaker.recovery.engine;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Speaks as an engine does that has one container, and misbehaves on demand as the real one cannot be made to. */
final class FakeDaemon implements AutoCloseable {
    static final String ID = "a".repeat(64);
    static final String STARTED = "2026-03-01T10:00:00.123456789Z";

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final Map<String, Consumer<HttpServerRequest>> answers = new ConcurrentHashMap<>();

    /** Method and path with query of all that was asked, oldest first. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    FakeDaemon() {
        server = vertx.createHttpServer()
                .requestHandler(this::answer)
                .listen(0, "127.0.0.1")
                .await();
        on("GET /containers/json", json(200, """
            [{"Id":"%s","Names":["/fake"],"Image":"an/image:1","Labels":{},"State":"running","Created":1}]\
            """.formatted(ID)));
        on("GET /containers/" + ID + "/json", json(200, container(STARTED)));
    }

    static String container(String startedAt) {
        return """
            {"Id":"%s","Name":"/fake","Image":"sha256:1","Config":{"Image":"an/image:1","Labels":{},"StopTimeout":0},
             "State":{"Status":"running","StartedAt":"%s","FinishedAt":"0001-01-01T00:00:00Z"},
             "HostConfig":{"NetworkMode":"default"},"NetworkSettings":{"Networks":{}}}\
            """.formatted(ID, startedAt);
    }

    String address() {
        return "tcp://127.0.0.1:" + server.actualPort();
    }

    /** @param what method and path without a query */
    FakeDaemon on(String what, Consumer<HttpServerRequest> answer) {
        answers.put(what, answer);
        return this;
    }

    static Consumer<HttpServerRequest> json(int status, String body) {
        return request -> request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(body);
    }

    /** The answer comes later. */
    Consumer<HttpServerRequest> late(Duration wait, Consumer<HttpServerRequest> answer) {
        return request -> {
            long _ = vertx.setTimer(wait.toMillis(), _ -> answer.accept(request));
        };
    }

    /** The connection ends in the middle of the answer. */
    static Consumer<HttpServerRequest> half(String body) {
        return request -> {
            HttpServerResponse response = request.response().putHeader("Content-Length", "100000");
            response.write(body).onComplete(_ -> request.connection().close());
        };
    }

    static void never(HttpServerRequest request) {
        request.pause();
    }

    static void cut(HttpServerRequest request) {
        request.connection().close();
    }

    List<String> writes() {
        return asked.stream().filter(each -> !each.startsWith("GET ")).toList();
    }

    private void answer(HttpServerRequest request) {
        HttpMethod method = request.method();
        asked.add(method + " " + request.uri());
        answers.getOrDefault(method + " " + request.path(), json(404, "{\"message\":\"no such thing\"}"))
                .accept(request);
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
