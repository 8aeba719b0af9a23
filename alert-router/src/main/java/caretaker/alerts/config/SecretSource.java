package caretaker.alerts.config;

import caretaker.chassis.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A secret that the file holds, or the name of another file that does. One of both, or neither.
 *
 * @param file read anew for each use, so that it can be rotated
 */
public record SecretSource(
        @Nullable Secret inline, @Nullable Path file) {
    public static final SecretSource NONE = new SecretSource(null, null);

    private static final int MAX_FILE = 64 * 1024;

    static SecretSource of(Values values, String key, String fileKey) {
        String file = values.text(fileKey);
        return new SecretSource(values.secret(key), file.isEmpty() ? null : Path.of(file));
    }

    public boolean isGiven() {
        return inline != null || file != null;
    }

    /**
     * The secret itself, or the empty text; without white space around it where a file has it.
     *
     * @throws IOException if the file can't be read, with its name and nothing of what is in it
     */
    public String reveal() throws IOException {
        if (file == null) {
            return inline == null ? "" : inline.reveal();
        }
        if (Files.size(file) > MAX_FILE) {
            throw new IOException(file + " is larger than 64 KiB; is it a secret?");
        }
        return Files.readString(file).strip();
    }
}
