package caretaker.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a fault of a GPU to a mail in a mailbox, and what the commands then say of it. */
class NotifyIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    private Path dir;

    @Test
    void aFaultOfTheDemoIsMailedAndSoIsItsEnd() throws Exception {
        // Given: a fault that lasts until somebody is told, however slow the machine
        Path faults = Files.writeString(dir.resolve("faults"), """
                at 3s gpu 1 of node-1: lost
                at 60s gpu 1 of node-1: back
                """);
        Path data = dir.resolve("data");
        try (var demo = CaretakerProcess.start(
                        "demo", "--hosts", "1", "--gpus", "2", "--faults", faults.toString(), "--data", data.toString())
                .awaitReady()) {
            // Then
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(mails(data))
                            .anySatisfy(mail -> assertThat(mail)
                                    .containsPattern("(?i)subject: .*firing.*")
                                    .contains("node-1")
                                    .containsIgnoringCase("lost")));
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(mails(data))
                            .anySatisfy(mail -> assertThat(mail)
                                    .containsPattern("(?i)subject: .*resolved.*")
                                    .containsIgnoringCase("lost")));
            demo.awaitLine("mail to operators@demo.example: [FIRING:1]", LIMIT)
                    .awaitLine("mail to operators@demo.example: [RESOLVED]", LIMIT);

            // And
            String url = "http://127.0.0.1:" + demo.alertsPort();
            await().atMost(LIMIT) // a mail is there before it is known to be
                    .untilAsserted(() -> assertThat(CaretakerProcess.run("notify", "history", "--url", url)
                                    .output())
                            .contains("delivered")
                            .contains("mailbox/email[0]"));
            var tried = CaretakerProcess.run("notify", "test", "mailbox", "--url", url);
            assertThat(tried.output()).contains("email[0]").contains("delivered");
            assertThat(tried.exitCode()).isZero();
            assertThat(CaretakerProcess.run("notify", "test", "nobody", "--url", url)
                            .exitCode())
                    .isEqualTo(5);
            assertThat(CaretakerProcess.run("notify", "dead", "list", "--url", url)
                            .output())
                    .isEqualTo("everything was told\n");
            assertThat(CaretakerProcess.run("notify", "dead", "resend", "no/such/email[0]", "--url", url)
                            .exitCode())
                    .isEqualTo(5);
        }
    }

    private static List<String> mails(Path data) throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("mailbox"))) {
            return files.sorted().map(NotifyIT::read).toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
