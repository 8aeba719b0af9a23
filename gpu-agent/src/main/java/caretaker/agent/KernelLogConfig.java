package caretaker.agent;

import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the kernel's messages are read, in which the driver says whose process an XID hit.
 *
 * @param path of the device or file; {@code /dev/kmsg} unless the source is {@code file}
 * @param lookBack messages from before the agent's start are handled if they are younger, and if an earlier run of the
 *     agent has not handled them; that needs a {@code data-dir}
 */
record KernelLogConfig(
        @Default("kmsg") Source source,
        @Nullable Path path,
        @Default("1h") @Range(min = "0s", max = "7d") Duration lookBack) {

    /** In what form they are. */
    enum Source {
        /** Records, as the kernel's own device gives them. */
        KMSG,
        /** Lines, as syslog daemons write them. */
        FILE,
        /** Not read: XIDs come from the driver's events alone. */
        NONE
    }

    private static final Path DEVICE = Path.of("/dev/kmsg");

    KernelLogConfig {
        if (source == Source.FILE && path == null) {
            throw new IllegalArgumentException("kernel-log: a path is needed where the source is file");
        }
    }

    Path file() {
        return path == null ? DEVICE : path;
    }
}
