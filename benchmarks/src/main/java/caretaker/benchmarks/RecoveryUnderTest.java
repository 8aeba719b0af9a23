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
import java.util.concurrent.locks.LockSupport;

/** The recovery service in a process of its own, as beside an engine. */
final class RecoveryUnderTest implements AutoCloseable {
    /** How long a repaired container must be well until that is believed. */
    static final Duration STABLE = Duration.ofSeconds(1);

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final RunningProgram program;

    private RecoveryUnderTest(RunningProgram program) {
        this.program = program;
    }

    /** Ready when it returns. Limits that a benchmark would meet, and people should, are out of the way. */
    static RecoveryUnderTest start(Path root, Path dir, String bootstrap) throws IOException, InterruptedException {
        Path playbooks = Files.writeString(dir.resolve("playbooks.yml"), """
                playbooks:
                  - name: bench
                    match: {conditions: [container.exited, container.unhealthy]}
                    ladder: [{action: restart}]
                    stable-for: %ds
                """.formatted(STABLE.toSeconds()));
        int port = FreePort.find();
        Path config = Files.writeString(dir.resolve("recovery.yml"), """
                host: %s
                kafka: {bootstrap-servers: ["%s"]}
                data-dir: "%s"
                http: {port: %d}
                playbooks: "%s"
                rules: {host-actions: 100000, cluster-actions: 100000, breaker-floor: 100000, budget: 50, flaps: 50}
                """.formatted(
                        AgentUnderTest.HOST, bootstrap, dir.resolve("recovery"), port, playbooks));
        var builder = Processes.service(
                root.resolve("recovery-service/jvm.options"), "caretaker.recovery.RecoveryServiceMain", config);
        builder.environment().put("MALLOC_ARENA_MAX", "1");
        var service = new RecoveryUnderTest(RunningProgram.start(builder));
        service.program.awaitPort(port, LIMIT);
        service.awaitReady(port);
        return service;
    }

    private void awaitReady(int port) throws IOException, InterruptedException {
        var ready = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/-/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        long end = System.nanoTime() + LIMIT.toNanos();
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(ready, BodyHandlers.ofString());
            while (answer.statusCode() != 200) {
                if (System.nanoTime() > end) {
                    throw new IOException("the recovery service is not ready: " + answer.body());
                }
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
                answer = http.send(ready, BodyHandlers.ofString());
            }
        }
    }

    long pid() {
        return program.process().pid();
    }

    @Override
    public void close() {
        program.close();
    }
}
