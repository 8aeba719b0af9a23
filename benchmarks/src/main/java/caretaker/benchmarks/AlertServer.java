package caretaker.benchmarks;

import caretaker.testkit.FreePort;
import caretaker.testkit.Programs;
import caretaker.testkit.RunningProgram;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server of Alertmanager's API in a process of its own, with the same configuration and the same options whoever
 * wrote it. It can be killed and started again on its data.
 */
final class AlertServer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration EVERY = Duration.ofMillis(5);
    private static final Pattern SENT =
            Pattern.compile("(?m)^alertmanager_notifications_total\\{[^}]*integration=\"webhook\"[^}]*\\} (\\S+)$");
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    /** Whose program it is. */
    enum Maker {
        ALERTMANAGER("Alertmanager"),
        CARETAKER("Caretaker");

        private final String word;

        Maker(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }

        private List<String> command(Path root) {
            return switch (this) {
                case ALERTMANAGER ->
                    List.of(Programs.find("prometheus-alertmanager")
                            .orElseThrow(() -> new IllegalStateException("apt-get install prometheus-alertmanager"))
                            .toString());
                case CARETAKER -> List.of(root.resolve("caretaker").toString(), "alertmanager");
            };
        }
    }

    private final Maker maker;
    private final int port;
    private final ProcessBuilder builder;
    private RunningProgram program;

    private AlertServer(Maker maker, int port, ProcessBuilder builder) {
        this.maker = maker;
        this.port = port;
        this.builder = builder;
        this.program = RunningProgram.start(builder);
    }

    /**
     * Starts one and waits until it is ready.
     *
     * @param dir of its own, made if absent; holds the configuration and the data
     * @param more options that only this one gets
     */
    static AlertServer start(Maker maker, Path root, Path dir, String config, String... more)
            throws IOException, InterruptedException {
        Files.createDirectories(dir);
        Path file = Files.writeString(dir.resolve("alertmanager.yml"), config);
        int port = FreePort.find();
        List<String> command = new ArrayList<>(maker.command(root));
        command.add("--config.file=" + file);
        command.add("--storage.path=" + dir.resolve("data"));
        command.add("--web.listen-address=127.0.0.1:" + port);
        command.addAll(more.length == 0 ? List.of("--cluster.listen-address=") : List.of(more));
        return started(maker, port, new ProcessBuilder(command));
    }

    /** Waits until a prepared process is ready, and ends it if it never is. */
    static AlertServer started(Maker maker, int port, ProcessBuilder builder) throws IOException, InterruptedException {
        var server = new AlertServer(maker, port, builder);
        try {
            server.awaitReady();
            return server;
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            server.close();
            throw e;
        }
    }

    Maker maker() {
        return maker;
    }

    int port() {
        return port;
    }

    long pid() {
        return program.process().pid();
    }

    /** Ends it as a lost machine would, SIGKILL: nothing is flushed, nothing is said. */
    void kill() throws InterruptedException {
        program.process().destroyForcibly();
        if (!program.process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(maker.word + " does not die");
        }
    }

    /** Starts it again on its data; the seconds until it is ready. */
    double restart() throws IOException, InterruptedException {
        long begin = System.nanoTime();
        program = RunningProgram.start(builder);
        awaitReady();
        return (System.nanoTime() - begin) / 1e9;
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!isReady()) {
            if (System.nanoTime() > end || !program.process().isAlive()) {
                throw new IOException(maker.word + " does not get ready: " + String.join("\n", program.output()));
            }
            LockSupport.parkNanos(EVERY.toNanos());
        }
    }

    private boolean isReady() throws InterruptedException {
        try {
            return get("/-/ready").statusCode() == 200;
        } catch (IOException e) {
            return false; // nobody listens yet
        }
    }

    /** Waits until a member of a cluster has heard of the others. */
    void awaitSettled() throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!get("/api/v2/status").body().contains("\"status\":\"ready\"")) {
            if (System.nanoTime() > end) {
                throw new IOException("the cluster does not settle");
            }
            LockSupport.parkNanos(EVERY.toNanos());
        }
    }

    /** Webhooks that it has tried to send. */
    double sent() throws IOException, InterruptedException {
        Matcher sent = SENT.matcher(get("/metrics").body());
        return sent.find() ? Double.parseDouble(sent.group(1)) : 0;
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(request(path).build(), BodyHandlers.ofString());
    }

    /** Milliseconds until the whole answer is here. */
    double getMillis(String path) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        int status =
                CLIENT.send(request(path).build(), BodyHandlers.ofByteArray()).statusCode();
        if (status != 200) {
            throw new IOException(path + " of " + maker.word + " answered " + status);
        }
        return (System.nanoTime() - begin) / 1e6;
    }

    HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return CLIENT.send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Posts alerts; whether they were accepted. A server that is not there accepts none. */
    boolean accepts(Alerts alerts) throws InterruptedException {
        try {
            return post("/api/v2/alerts", alerts.json()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(LIMIT);
    }

    double residentMebibytes() throws IOException {
        return Processes.residentMebibytes(pid(), false);
    }

    @Override
    public void close() {
        program.close();
    }
}
