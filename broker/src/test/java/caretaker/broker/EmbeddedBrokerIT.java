package caretaker.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Timeout(value = 240, unit = TimeUnit.SECONDS)
@Execution(ExecutionMode.SAME_THREAD) // of a process's brokers the latest is told when Kafka wants to end it
class EmbeddedBrokerIT {
    @TempDir
    Path dir;

    @Test
    void recordsAndTopicsSurviveARestartOnOtherPorts() throws Exception {
        // Given
        try (var broker = EmbeddedBroker.start(dir, 0)) {
            Clients.createTopic(broker.bootstrapServers(), "kept");
            Clients.send(broker.bootstrapServers(), "kept", "one", "two");
        }

        // When
        List<String> values;
        try (var broker = EmbeddedBroker.start(dir, 0)) {
            Clients.send(broker.bootstrapServers(), "kept", "three");
            values = Clients.readAll(broker.bootstrapServers(), "kept");
        }

        // Then
        assertThat(values).containsExactly("one", "two", "three");
        assertThat(dir.resolve("kafka").resolve("kept-0")).isDirectory();
    }

    @Test
    void aPasswordIsAskedForAndIsAnotherOneAfterARestart() throws Exception {
        for (String password : List.of("abc1", "def2")) {
            try (var broker = EmbeddedBroker.reserve(dir, 0, Duration.ofSeconds(3), password)
                    .start()) {
                assertThat(topics(broker, password)).isEmpty();
                assertThatThrownBy(() -> topics(broker, "wrong")).hasCauseInstanceOf(SaslAuthenticationException.class);
                assertThatThrownBy(() -> topics(broker, "")).hasCauseInstanceOf(TimeoutException.class);
            }
        }
    }

    private static Set<String> topics(EmbeddedBroker broker, String password) throws Exception {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "default.api.timeout.ms",
                password.isEmpty() ? "3000" : "60000",
                "request.timeout.ms",
                "3000"));
        if (!password.isEmpty()) {
            settings.put("security.protocol", "SASL_PLAINTEXT");
            settings.put("sasl.mechanism", "PLAIN");
            settings.put(
                    "sasl.jaas.config",
                    "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + EmbeddedBroker.USER
                            + "\" password=\"" + password + "\";");
        }
        try (var admin = Admin.create(settings)) {
            return admin.listTopics().names().get();
        }
    }

    @Test
    void everyAcknowledgedRecordSurvivesKill9() throws Exception {
        // Given
        Process process = brokerProcess(dir, "numbers");
        List<Integer> acked = new ArrayList<>();
        try (var lines = process.inputReader(UTF_8)) {
            String line;
            while (acked.size() < 2_000 && (line = lines.readLine()) != null) {
                if (line.startsWith("acked ")) {
                    acked.add(Integer.parseInt(line.substring(6)));
                }
            }

            // When
            process.destroyForcibly(); // SIGKILL, while more records are on their way
            process.waitFor();
        }

        // Then
        assertThat(process.exitValue()).isEqualTo(128 + 9);
        assertThat(acked).hasSizeGreaterThanOrEqualTo(2_000);
        try (var broker = EmbeddedBroker.start(dir, 0)) {
            assertThat(Clients.readAll(broker.bootstrapServers(), "numbers"))
                    .containsAll(acked.stream().map(String::valueOf).toList());
        }
    }

    @Test
    void aDirectoryHasOneBrokerAndTheOtherIsToldItsPid() throws Exception {
        // Given
        Process process = brokerProcess(dir, "mine");
        try (var lines = process.inputReader(UTF_8)) {
            assertThat(lines.readLine()).isEqualTo("started");

            // When
            // Then
            assertThatThrownBy(() -> EmbeddedBroker.start(dir, 0))
                    .isInstanceOf(BrokerException.DirectoryInUse.class)
                    .hasMessage("another broker (pid " + process.pid() + ") uses " + dir
                            + "; stop that process or choose another directory");
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    @Test
    void theSameProcessCannotUseADirectoryTwice() {
        // Given
        try (var _ = EmbeddedBroker.start(dir, 0)) {
            // When
            // Then
            assertThatThrownBy(() -> EmbeddedBroker.start(dir, 0))
                    .isInstanceOf(BrokerException.DirectoryInUse.class)
                    .hasMessageContaining("pid " + ProcessHandle.current().pid());
        }
    }

    @Test
    void aTakenPortIsNamedAndLeavesTheDirectoryFree() throws IOException {
        // Given
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // When
            // Then
            assertThatThrownBy(() -> EmbeddedBroker.start(dir, taken.getLocalPort()))
                    .isInstanceOf(BrokerException.PortInUse.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": ")
                    .hasMessageEndingWith("or choose another port");
        }
        DirectoryLock.take(dir).close();
    }

    @Test
    void aFileInPlaceOfTheDirectoryIsRefused() throws IOException {
        // Given
        Path file = Files.createFile(dir.resolve("file"));

        // When
        // Then
        assertThatThrownBy(() -> EmbeddedBroker.start(file.resolve("data"), 0))
                .isInstanceOf(BrokerException.BadDirectory.class)
                .hasMessage("cannot keep data in " + file.resolve("data") + ": " + file
                        + " is not a directory; choose a directory that this user may create and write");
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsRefused() {
        // Given
        Path unwritable = Path.of("/proc/self/caretaker");

        // When
        // Then
        assertThatThrownBy(() -> EmbeddedBroker.start(unwritable, 0))
                .isInstanceOf(BrokerException.BadDirectory.class)
                .hasMessageStartingWith("cannot keep data in /proc/self/caretaker: ");
    }

    @Test
    void anotherLayoutIsRefusedAndLeftAlone() throws IOException {
        // Given
        Path meta = Files.createDirectory(dir.resolve("kafka")).resolve("meta.properties");
        Files.writeString(meta, "version=0\nbroker.id=1\n");

        // When
        // Then
        assertThatThrownBy(() -> EmbeddedBroker.start(dir, 0))
                .isInstanceOf(BrokerException.IncompatibleLayout.class)
                .hasMessageContaining("meta.properties has version 0, not 1; move it away");
        assertThat(meta).hasContent("version=0\nbroker.id=1\n");
    }

    @Test
    void aFormatThatACrashCutShortIsDoneAgain() throws Exception {
        // Given
        Files.writeString(Files.createDirectory(dir.resolve("kafka.new")).resolve("bootstrap.checkpoint"), "half");

        // When
        try (var broker = EmbeddedBroker.start(dir, 0)) {
            // Then
            Clients.createTopic(broker.bootstrapServers(), "fresh");
        }
    }

    @Test
    void nobodyOutsideThisMachineCanConnect() throws IOException {
        // Given
        var outside = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .findFirst();
        assumeTrue(outside.isPresent(), "this machine has no address but loopback");
        try (var broker = EmbeddedBroker.start(dir, 0)) {
            // When
            // Then
            assertThatThrownBy(() -> new Socket(outside.orElseThrow(), broker.port()).close())
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void kafkaCannotEndTheProcess() {
        // Given
        try (var broker = EmbeddedBroker.start(dir, 0)) {
            // When
            assertThatThrownBy(() -> Exit.halt(1, "all log directories are gone"));

            // Then
            assertThat(broker.failure())
                    .hasValueSatisfying(failure ->
                            assertThat(failure).hasMessageContaining("status 1: all log directories are gone"));
        }
    }

    @Test
    void aWarmStartTakesLessThanThreeSeconds() {
        // Given
        EmbeddedBroker.start(dir, 0).close();
        long start = System.nanoTime();

        // When
        try (var _ = EmbeddedBroker.start(dir, 0)) {
            // Then
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        }
    }

    private static Process brokerProcess(Path dir, String topic) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerProcess.class.getName(),
                        dir.toString(),
                        topic)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
