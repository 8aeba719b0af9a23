package caretaker.alerts;

import caretaker.testkit.RunningProgram;
import caretaker.testkit.TestBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;

/** An alert router in a process of its own, on a test's broker: it can be killed, and started again. */
final class RouterProcess implements AutoCloseable {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final ProcessBuilder builder;
    private volatile RunningProgram program;
    private volatile int port;

    /**
     * Ready when it returns.
     *
     * @param directory its own; its name is the instance's, which a restart must not change
     */
    RouterProcess(TestBroker broker, String topic, Path directory, Path configFile) {
        try {
            String yaml = TestRouter.yaml(broker, topic, configFile)
                    .replace("alerting:\n", "alerting:\n  instance: " + directory.getFileName() + "\n");
            builder = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-Xmx128m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "caretaker.alerts.AlertRouterMain",
                    "--config",
                    Files.writeString(directory.resolve("router.yml"), yaml).toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        program = RunningProgram.start(builder);
        awaitReady();
    }

    private void awaitReady() {
        port = program.awaitItsPort("alert router serves Alertmanager's API", TestRouter.LIMIT);
        Awaitility.await().atMost(TestRouter.LIMIT).until(() -> get("/-/ready").statusCode() == 200);
    }

    /** SIGKILL: nothing is flushed, nothing is said. Any thread. */
    void kill() {
        program.process().destroyForcibly().onExit().join();
    }

    /** Starts it again; ready when it returns. */
    void restart() {
        program = RunningProgram.start(builder);
        awaitReady();
    }

    HttpResponse<String> get(String path) {
        return send(request(path).GET());
    }

    /** Messages that were told, as the bus has them. */
    long delivered() {
        return TestRouter.delivered(get(TestRouter.DELIVERIES));
    }

    /** Whether it was acknowledged; a process that is gone acknowledges nothing. */
    boolean accepts(String path, String json) {
        try {
            return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)))
                            .statusCode()
                    == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + TestRouter.PREFIX + path))
                .timeout(TestRouter.LIMIT);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return CLIENT.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
