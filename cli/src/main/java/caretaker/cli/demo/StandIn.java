package caretaker.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.docker.EngineTransport;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A container that looks like Grafana to the recovery service, and can be made to crash. Its image is made of one
 * program, which gcc makes of a file of ours: nothing is fetched. Calls wait.
 */
final class StandIn implements AutoCloseable {
    private static final String SOURCE = "stand-in.c";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int EXECUTABLE = 0755;

    /** Why there is none, in one line. */
    static final class Missing extends Exception {
        private static final long serialVersionUID = 1;

        Missing(String why) {
            super(why);
        }
    }

    private final ObjectMapper json = new ObjectMapper();
    private final Vertx vertx =
            Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
    private final EngineTransport engine;
    private final String project;
    private final String image;

    /** @param project compose project of the container: nobody else's */
    StandIn(URI host, String project) {
        this.engine = new EngineTransport(vertx, host);
        this.project = project;
        this.image = project + "/grafana:1";
    }

    /** The container's name. */
    String name() {
        return project + "-grafana-1";
    }

    /** Builds the image and starts the container. */
    void start(Path folder) throws Missing, IOException, InterruptedException {
        byte[] program = Files.readAllBytes(compiled(Files.createDirectories(folder)));
        ask("POST", "/images/create?fromSrc=-&repo=" + project + "/grafana&tag=1", archive(program), 200);
        var body = json.createObjectNode().put("Image", image);
        body.putArray("Cmd").add("/grafana");
        body.putObject("ExposedPorts").putObject("3000/tcp");
        body.putObject("Labels")
                .put("com.docker.compose.project", project)
                .put("com.docker.compose.service", "grafana")
                .put("com.docker.compose.container-number", "1")
                .put("caretaker.recovery", "true")
                .put("caretaker.probe", "http://:3000/api/health");
        var check = body.putObject("Healthcheck");
        check.putArray("Test").add("CMD").add("/grafana").add("check");
        check.put("Interval", TimeUnit.SECONDS.toNanos(2)).put("Timeout", TimeUnit.SECONDS.toNanos(2));
        check.put("Retries", 2);
        body.putObject("HostConfig")
                .putObject("PortBindings")
                .putArray("3000/tcp")
                .addObject()
                .put("HostIp", "127.0.0.1")
                .put("HostPort", "");
        ask("POST", "/containers/create?name=" + name(), json.writeValueAsBytes(body), 201);
        ask("POST", "/containers/" + name() + "/start", null, 204);
    }

    private static Path compiled(Path folder) throws Missing, IOException, InterruptedException {
        Path source = folder.resolve(SOURCE);
        try (InputStream in = Objects.requireNonNull(StandIn.class.getResourceAsStream("/caretaker/cli/" + SOURCE))) {
            Files.write(source, in.readAllBytes());
        }
        Path program = folder.resolve("grafana");
        Process gcc;
        try {
            gcc = new ProcessBuilder("gcc", "-static", "-O1", "-o", program.toString(), source.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new Missing("gcc is not here");
        }
        String said = new String(gcc.getInputStream().readAllBytes(), UTF_8);
        if (!gcc.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || gcc.exitValue() != 0) {
            gcc.destroyForcibly();
            throw new Missing("gcc cannot make a static program: "
                    + said.lines().findFirst().orElse("it says nothing"));
        }
        return program;
    }

    private static byte[] archive(byte[] program) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            var entry = new TarArchiveEntry("grafana");
            entry.setSize(program.length);
            entry.setMode(EXECUTABLE);
            tar.putArchiveEntry(entry);
            tar.write(program);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    /** Whether its health check has passed. */
    boolean isHealthy() throws IOException {
        return inspect().at("/State/Health/Status").asText().equals("healthy");
    }

    /** Makes it end with an error. */
    void crash() throws IOException {
        String port =
                inspect().at("/NetworkSettings/Ports/3000~1tcp/0/HostPort").asText();
        URI uri = URI.create("http://127.0.0.1:" + port + "/crash");
        var connection = uri.toURL().openConnection();
        connection.setReadTimeout((int) TimeUnit.SECONDS.toMillis(5));
        try (InputStream in = connection.getInputStream()) {
            var _ = in.readAllBytes();
        }
    }

    private JsonNode inspect() throws IOException {
        return json.readTree(ask("GET", "/containers/" + name() + "/json", null, 200));
    }

    private byte[] ask(String method, String path, byte @Nullable [] body, int expected) throws IOException {
        String type = path.startsWith("/images") ? "application/x-tar" : "application/json";
        try (var response = engine.ask(method, path, Map.of("Content-Type", type), body, LIMIT)) {
            byte[] answer = response.body().readAllBytes();
            if (response.status() != expected && expected != 0) {
                throw new IOException(
                        method + " " + path + ": " + response.status() + " " + new String(answer, UTF_8).strip());
            }
            return answer;
        }
    }

    /** Removes the container and the image. */
    @Override
    public void close() throws IOException {
        try {
            for (String path : List.of("/containers/" + name() + "?force=true&v=true", "/images/" + image)) {
                ask("DELETE", path, null, 0);
            }
        } finally {
            engine.close();
            vertx.close().await();
        }
    }
}
