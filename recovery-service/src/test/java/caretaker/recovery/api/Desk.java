package caretaker.recovery.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import at.favre.lib.crypto.bcrypt.BCrypt;
import caretaker.chassis.HttpEndpoint;
import caretaker.chassis.HttpSettings;
import caretaker.chassis.Metrics;
import caretaker.chassis.Readiness;
import caretaker.chassis.config.Bytes;
import caretaker.recovery.incident.SceneControl;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The API on a port of its own, and somebody who asks it. */
final class Desk implements AutoCloseable {
    final SceneControl control = new SceneControl();
    private final Vertx vertx = Vertx.vertx();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final PrometheusMeterRegistry registry = Metrics.registry("test", "1.0");
    private final HttpClient client = HttpClient.newHttpClient();
    private final @Nullable Path web;
    private final HttpEndpoint endpoint;
    private @Nullable String login;
    private boolean closed;

    record Answer(int status, String type, String body, HttpResponse<String> whole) {
        JsonObject json() {
            return new JsonObject(body);
        }

        String header(String name) {
            return whole.headers().firstValue(name).orElse("");
        }
    }

    /** @param user who must log in, with the password sesame; null lets everybody in */
    Desk(@Nullable String user) {
        web = user == null ? null : webConfig(user);
        var settings = new HttpSettings("127.0.0.1", 0, web, new Bytes(4 << 20));
        endpoint = HttpEndpoint.start(
                vertx,
                settings,
                registry,
                new Readiness(),
                router -> new RecoveryApi(control, threads, registry, control.clock()).serve(router));
    }

    private static Path webConfig(String user) {
        String hash = BCrypt.withDefaults().hashToString(4, "sesame".toCharArray());
        try {
            Path file = Files.createTempFile("web", ".yml");
            return Files.writeString(file, "basic_auth_users: {'" + user + "': '" + hash + "'}\n");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    void logIn(String user, String password) {
        login = "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    }

    String authority() {
        return URI.create(endpoint.url()).getAuthority();
    }

    HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create(endpoint.url() + "/api/v1" + path));
        return login == null ? request : request.header("Authorization", login);
    }

    Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        var response = client.send(request.build(), BodyHandlers.ofString());
        String type = response.headers().firstValue("Content-Type").orElse("");
        return new Answer(response.statusCode(), type, response.body(), response);
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    CompletableFuture<HttpResponse<String>> getLater(String path) {
        return client.sendAsync(request(path).build(), BodyHandlers.ofString());
    }

    Answer post(String path, String body) throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    double refused() {
        return registry.get("caretaker.recovery.requests.refused").counter().count();
    }

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(50, TimeUnit.SECONDS)) {
                throw new AssertionError("it never came");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        client.close();
        endpoint.close();
        threads.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        if (web != null) {
            Files.delete(web);
        }
    }
}
