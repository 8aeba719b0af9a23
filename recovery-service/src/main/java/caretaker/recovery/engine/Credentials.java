package caretaker.recovery.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.chassis.config.Secret;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.playbook.Match;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Tokens of services, for what cannot be asked for without one: never for probes. Safe for any thread. */
public final class Credentials {
    private static final int MAX_FILE = 64 << 10;
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7E]{1,4096}");

    private volatile List<Credential> all = List.of();

    /**
     * Who has a token, and where it is.
     *
     * @param service a compose service, or the last word of an image without its tag
     * @param tokenFile holds nothing else; read at each use, so that it can be changed
     */
    public record Credential(String service, Path tokenFile) {
        public Credential {
            if (service.isBlank()) {
                throw new IllegalArgumentException("service is empty; name a compose service, or an image's last word");
            }
            try {
                read(tokenFile);
            } catch (IOException e) {
                throw new IllegalArgumentException("token-file " + e.getMessage(), e);
            }
        }
    }

    void use(List<Credential> credentials) {
        all = List.copyOf(credentials);
    }

    boolean has(Sighting container) {
        return of(container).isPresent();
    }

    /** The container's, if it has one and its file can be read now. */
    Optional<Secret> of(Sighting container) {
        for (Credential each : all) {
            if (Match.isService(each.service(), container)) {
                try {
                    return Optional.of(read(each.tokenFile()));
                } catch (IOException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /** @throws IOException with the file's name and nothing of what is in it */
    private static Secret read(Path file) throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_FILE + 1);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read (" + e.getClass().getSimpleName() + ")", e);
        }
        if (bytes.length > MAX_FILE) {
            throw new IOException(file + " is larger than 64 KiB; is it a token?");
        }
        String text = new String(bytes, UTF_8).strip();
        if (text.isEmpty()) {
            throw new IOException(file + " is empty");
        }
        if (!TOKEN.matcher(text).matches()) {
            throw new IOException(file + " is no token: that is one word of at most 4096 letters, digits and signs");
        }
        return new Secret(text);
    }
}
