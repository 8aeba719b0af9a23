package caretaker.agent.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Up to which message of which boot the kernel's log was handled, in a small file that outlives the process. */
final class LogPosition {
    private static final Logger LOGGER = LoggerFactory.getLogger(LogPosition.class);
    private static final int MAX_FILE = 256;

    private final @Nullable Path file;
    private final String boot;
    private final String savedBoot;
    private final long savedSequence;
    private long written = -1;

    /**
     * @param file null: nothing is kept
     * @param boot what tells this boot of the system from every other
     */
    LogPosition(@Nullable Path file, String boot) {
        this.file = file;
        this.boot = boot;
        String[] words = read(file).strip().split(" ", -1);
        boolean readable = words.length == 2 && words[1].matches("\\d{1,18}");
        savedBoot = readable ? words[0] : "";
        savedSequence = readable ? Long.parseLong(words[1]) : -1;
    }

    private static String read(@Nullable Path file) {
        try {
            return file == null || Files.size(file) > MAX_FILE ? "" : Files.readString(file, US_ASCII);
        } catch (NoSuchFileException none) {
            return "";
        } catch (IOException e) {
            LOGGER.atWarn()
                    .addKeyValue("file", file)
                    .log("the position in the kernel log cannot be read: {}", e.toString());
            return "";
        }
    }

    /** Whether an earlier run has left one: then what came since is news, else only what comes from now on. */
    boolean isKnown() {
        return !savedBoot.isEmpty();
    }

    /** Whether an earlier run has handled this message of this boot. */
    boolean isHandled(long sequence) {
        return boot.equals(savedBoot) && sequence <= savedSequence;
    }

    /** Keeps the position, if it has changed. */
    void write(long sequence) {
        if (file == null || sequence == written || sequence < 0) {
            return;
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(fresh, boot + " " + sequence + "\n", US_ASCII);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            written = sequence;
        } catch (IOException e) {
            LOGGER.atWarn()
                    .addKeyValue("file", file)
                    .log("the position in the kernel log cannot be kept: {}", e.toString());
        }
    }
}
