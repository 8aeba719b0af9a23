package caretaker.benchmarks;

import caretaker.testkit.FreePort;
import caretaker.testkit.RunningProgram;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The agent in a process of its own, as on a GPU host, with the tests' driver, Docker and a data folder. */
final class AgentUnderTest implements AutoCloseable {
    static final String HOST = "bench";

    private final RunningProgram program;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    private AgentUnderTest(RunningProgram program, int port) {
        this.program = program;
        this.port = port;
    }

    static AgentUnderTest start(Path root, Path dir, String bootstrap, String scenario)
            throws IOException, InterruptedException {
        return start(root, dir, bootstrap, scenario, "");
    }

    /** @param more lines of its configuration */
    static AgentUnderTest start(Path root, Path dir, String bootstrap, String scenario, String more)
            throws IOException, InterruptedException {
        Path library = PaperDriver.compile(root, dir);
        Path script = Files.writeString(dir.resolve("scenario"), scenario);
        int port = FreePort.find();
        Path config = Files.writeString(
                dir.resolve("agent.yml"), """
                host: %s
                kafka: {bootstrap-servers: ["%s"]}
                data-dir: "%s"
                http: {port: %d}
                nvml: {library: "%s"}
                docker: {enabled: true}
                """.formatted(HOST, bootstrap, dir.resolve("agent"), port, library) + more);
        var builder = Processes.agent(root, config);
        builder.environment().put(PaperDriver.SCENARIO_VARIABLE, script.toString());
        var agent = new AgentUnderTest(RunningProgram.start(builder), port);
        agent.program.awaitPort(port, Duration.ofSeconds(60));
        return agent;
    }

    long pid() {
        return program.process().pid();
    }

    /** Milliseconds until the whole of {@code /metrics} is here. */
    double scrapeMillis() throws IOException, InterruptedException {
        long begin = System.nanoTime();
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .timeout(Duration.ofSeconds(30))
                .build();
        int status = http.send(request, BodyHandlers.ofByteArray()).statusCode();
        if (status != 200) {
            throw new IOException("/metrics answered " + status);
        }
        return (System.nanoTime() - begin) / 1e6;
    }

    @Override
    public void close() {
        http.close();
        program.close();
    }
}
