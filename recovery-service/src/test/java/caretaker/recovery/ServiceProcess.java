package caretaker.recovery;

import static org.awaitility.Awaitility.await;

import caretaker.testkit.RunningProgram;
import java.nio.file.Path;

/** A recovery service in a process of its own, which can be killed and started again. */
final class ServiceProcess implements AutoCloseable {
    private final int port;
    private final ProcessBuilder builder;
    private volatile RunningProgram program;

    ServiceProcess(Path config, int port) {
        this.port = port;
        builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "caretaker.recovery.RecoveryServiceMain",
                "--config",
                config.toString());
        program = RunningProgram.start(builder);
    }

    RunningProgram program() {
        return program;
    }

    /** Ready when it returns. */
    ServiceProcess awaitReady() {
        program.awaitPort(port, RecoveryHost.LIMIT);
        await().atMost(RecoveryHost.LIMIT).until(this::isReady);
        return this;
    }

    boolean isReady() {
        return Http.get(port, "/-/ready").statusCode() == 200;
    }

    String notReady() {
        return Http.get(port, "/-/ready").body();
    }

    /** SIGKILL: nothing is flushed, nothing is said. Any thread. */
    void kill() {
        program.process().destroyForcibly().onExit().join();
    }

    void restart() {
        program = RunningProgram.start(builder);
    }

    @Override
    public void close() {
        program.close();
    }
}
