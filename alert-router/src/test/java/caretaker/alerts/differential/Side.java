package caretaker.alerts.differential;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.alerts.AlertRouter;
import caretaker.alerts.AlertRouterConfig;
import caretaker.alerts.Mailboxes;
import caretaker.chassis.config.Config;
import caretaker.testkit.Programs;
import caretaker.testkit.RunningProgram;
import caretaker.testkit.TestBroker;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;

/** One of the servers that are compared, with receivers and a mail server of its own. */
final class Side implements AutoCloseable {
    private static final String EXTERNAL = "http://am.example.com";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Both answer 503 when asked more than eight things at once. */
    private final Semaphore asking = new Semaphore(4);

    private final String name;
    private final Recorder recorder = new Recorder();
    private final GreenMail mail = Mailboxes.of(ServerSetup.PROTOCOL_SMTP);
    private String url = "";
    private Runnable stop = () -> {};

    private Side(String name) {
        this.name = name;
        mail.start();
    }

    /** Debian's. Ready when it returns. */
    static Side alertmanager(String name, Path directory, String config) {
        var side = new Side(name);
        var program = RunningProgram.start(
                Programs.assume("prometheus-alertmanager"),
                "--config.file=" + side.write(directory, config),
                "--storage.path=" + directory.resolve(name),
                "--web.listen-address=127.0.0.1:0",
                "--web.external-url=" + EXTERNAL,
                "--cluster.listen-address=");
        side.stop = program::close;
        side.url = "http://127.0.0.1:" + program.awaitItsPort(RunningProgram.PROMETHEUS_LISTENS, LIMIT);
        side.awaitReady();
        return side;
    }

    /** Ours. Ready when it returns. */
    static Side ours(Path directory, String config, TestBroker broker) {
        var side = new Side("ours");
        String topic = broker.newTopic("alerts", 2);
        String yaml = """
                kafka: {bootstrap-servers: ["%s"]}
                http: {port: 0, external-url: %s}
                alerting: {config-file: %s}
                topics: {alerts: %s, silences: %s-s, notifications: %s-n, dead-letters: %s-d}
                """.formatted(
                        broker.bootstrapServers(), EXTERNAL, side.write(directory, config), topic, topic, topic, topic);
        var router = AlertRouter.start(Config.parse(AlertRouterConfig.class, yaml, "differential", Map.of()));
        side.stop = router::close;
        side.url = "http://127.0.0.1:" + router.port();
        side.awaitReady();
        return side;
    }

    private Path write(Path directory, String config) {
        try {
            return Files.writeString(
                    directory.resolve(name + ".yml"),
                    config.replace("${HOOK}", recorder.url())
                            .replace("${MAIL}", "127.0.0.1:" + mail.getSmtp().getPort()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes up another configuration; the status of the answer. */
    int reload(Path directory, String config) {
        write(directory, config);
        return send("POST", "/-/reload", "").statusCode();
    }

    private void awaitReady() {
        Awaitility.await().atMost(LIMIT).until(() -> {
            try {
                return send("GET", "/-/ready", "").statusCode() == 200;
            } catch (UncheckedIOException e) {
                return false;
            }
        });
    }

    String name() {
        return name;
    }

    Recorder recorder() {
        return recorder;
    }

    GreenMail mail() {
        return mail;
    }

    HttpResponse<String> send(String method, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body, UTF_8))
                .build();
        asking.acquireUninterruptibly();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            asking.release();
        }
    }

    @Override
    public void close() {
        try {
            stop.run();
        } finally {
            recorder.close();
            mail.stop();
        }
    }
}
