package caretaker.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** A stand-in for Prometheus, for a shell in a container: reads its file, answers, and reads it again. */
public final class Prometheus {
    private static final String SCRIPT = "/caretaker/recovery/prometheus.sh";

    private Prometheus() {}

    /**
     * Its file is {@code /conf/prometheus.yml}, or what the variable {@code FILE} says; one with the word broken in it
     * is bad.
     */
    public static String script() {
        try (InputStream in = Objects.requireNonNull(Prometheus.class.getResourceAsStream(SCRIPT), SCRIPT)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
