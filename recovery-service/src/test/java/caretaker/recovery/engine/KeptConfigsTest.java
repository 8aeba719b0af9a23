package caretaker.recovery.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of good configurations, and in which form the engine takes a file. */
class KeptConfigsTest {
    private static final String KEY = "lab/prometheus/1";
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path dir;

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private String former(KeptConfigs kept, String present) throws IOException {
        KeptConfigs.Kept former = kept.former(KEY, bytes(present)).orElse(null);
        return former == null
                ? "none"
                : new String(former.read(), UTF_8) + "@"
                        + Duration.between(T0, former.at()).toSeconds();
    }

    @Test
    void theNewestThreeDifferentOnesAreKept() throws IOException {
        var kept = new KeptConfigs(dir.resolve("configs"));
        assertThat(former(kept, "a")).isEqualTo("none");
        int second = 0;
        for (String content : "a b c d b d".split(" ")) {
            kept.good(KEY, bytes(content), T0.plusSeconds(second++));
        }
        assertThat(former(kept, "x")).isEqualTo("d@5");
        assertThat(former(kept, "d")).isEqualTo("b@4");
        try (Stream<Path> files = Files.list(dir.resolve("configs/lab+prometheus+1"))) {
            assertThat(files).hasSize(3);
        }
        assertThat(kept.former("lab/other/1", bytes("x"))).isEmpty();
    }

    @Test
    void whatAnOperationPutsAsideIsWhatItFoundFirst() throws IOException {
        var kept = new KeptConfigs(dir.resolve("configs"));
        assertThat(kept.aside(KEY, "operation/1", bytes("broken"), T0)).isEqualTo(bytes("broken"));
        assertThat(kept.aside(KEY, "operation/1", bytes("mended"), T0.plusSeconds(1)))
                .isEqualTo(bytes("broken"));
        for (int i = 2; i < 9; i++) {
            kept.aside(KEY, "operation/" + i, bytes("broken"), T0.plusSeconds(i));
        }
        try (Stream<Path> files = Files.list(dir.resolve("configs/lab+prometheus+1"))) {
            assertThat(files).hasSize(3);
        }
        assertThat(former(kept, "x")).as("what was put aside is not good").isEqualTo("none");
    }

    @Test
    void anArchiveOfAFileIsReadAsItWasMadeAndNothingElseIs() throws IOException {
        var file = new Tar.File(bytes("x".repeat(513)), 0640, 472, 3_000_000_000L);
        byte[] archive = Tar.of("prometheus.yml", file, T0);
        Tar.File read = Tar.read(new ByteArrayInputStream(archive), 1000);
        assertThat(read.content()).isEqualTo(file.content());
        assertThat(read.mode()).isEqualTo(0640);
        assertThat(read.uid()).isEqualTo(472);
        assertThat(read.gid()).isEqualTo(3_000_000_000L);
        assertThatThrownBy(() -> Tar.read(new ByteArrayInputStream(archive), 512))
                .hasMessageContaining("larger");
        for (int length : new int[] {0, 100, 512, 600}) {
            assertThatThrownBy(() -> Tar.read(new ByteArrayInputStream(Arrays.copyOf(archive, length)), 1000))
                    .isInstanceOf(IOException.class);
        }
        byte[] link = archive.clone();
        link[156] = '2';
        assertThatThrownBy(() -> Tar.read(new ByteArrayInputStream(link), 1000)).hasMessageContaining("no plain file");
    }
}
