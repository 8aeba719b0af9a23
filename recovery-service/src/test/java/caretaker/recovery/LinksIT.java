package caretaker.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service and containers that were linked by {@code docker run --link}. */
@Timeout(180)
class LinksIT {
    private static final String SLEEPS = "exec sleep 100000";

    @TempDir
    private Path directory;

    private RecoveryHost host;

    @BeforeEach
    void host() {
        host = new RecoveryHost(directory);
    }

    @AfterEach
    void close() {
        host.close();
    }

    /** the engine keeps the link to what is removed, and would not start the linked one ever again. */
    @Test
    void whoIsLinkedToWhatIsCreatedAnewIsLinkedToTheNewOne() {
        // Given
        host.container("anew", "while [ ! -e /tmp/end ]; do sleep 0.1; done; exit 3");
        String name = host.project + "-anew-1";
        String linked = host.container("linked", SLEEPS, "--link", name + ":db", "--stop-timeout", "0");
        host.container("aloof", SLEEPS, "--stop-timeout", "0");

        try (var _ = host.start("data")) {
            // When
            host.docker.docker("exec", name, "touch", "/tmp/end");

            // Then
            RecoveryEvent succeeded = host.awaitTold("linked", Kind.SUCCEEDED);
            assertThat(Objects.requireNonNull(succeeded.operation()).action()).isEqualTo(Action.RECREATE);
            assertThat(host.awaitTold("anew", Kind.SUCCEEDED).incident()).isNotNull();
            String is = host.project + "-linked-1";
            assertThat(host.inspect(is, "{{.Id}}")).isNotEqualTo(linked);
            assertThat(host.inspect(is, "{{json .HostConfig.Links}}"))
                    .isEqualTo("[\"/%s:/%s/db\"]".formatted(name, is));
            assertThat(address(is)).isEqualTo(host.inspect(name, "{{.NetworkSettings.IPAddress}}"));
            assertThat(host.told("aloof")).isEmpty();

            // When
            host.docker.docker("restart", "-t", "0", is);

            // Then
            assertThat(host.runs("linked")).isTrue();
        }
    }

    private String address(String container) {
        List<String> lines = host.docker
                .docker("exec", container, "cat", "/etc/hosts")
                .lines()
                .toList();
        return lines.stream()
                .filter(line -> line.contains("\tdb "))
                .map(line -> line.split("\t", -1)[0])
                .findFirst()
                .orElse("none");
    }
}
