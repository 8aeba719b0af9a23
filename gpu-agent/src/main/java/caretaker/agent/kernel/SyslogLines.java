package caretaker.agent.kernel;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes a log file apart into the kernel's messages: lines of a syslog daemon whose tag is {@code kernel:}, lines of
 * {@code dmesg}, bare messages. A line of another program is left out, whatever it says.
 */
final class SyslogLines {
    private static final Pattern LINE = Pattern.compile(
            "(?:(?:[^ ]*[^ :] +){1,6}kernel: )?(?:kernel: )?(?:\\[ *[\\d.]{1,20}\\] ?|\\[[A-Z][^\\]]{10,30}\\] )?"
                    + "((?:NVRM: |nvidia-nvswitch).*)");

    private final Consumer<String> outlet;
    private final LineAssembly lines = new LineAssembly(this::take);
    private long tooLong;

    SyslogLines(Consumer<String> outlet) {
        this.outlet = outlet;
    }

    /** Lines so far that were longer than {@link LineAssembly#MAX_LINE}. */
    long tooLong() {
        return tooLong;
    }

    /** Takes what was read; a line may come in pieces. */
    void feed(ByteBuffer bytes) {
        lines.feed(bytes);
    }

    /** Forgets the beginning of a line whose end will not come. */
    void restart() {
        lines.restart();
    }

    private void take(String line, boolean cut) {
        tooLong += cut ? 1 : 0;
        String message = message(line);
        if (message != null) {
            outlet.accept(message);
        }
    }

    /** What the kernel said in a line, or null if it was not the kernel, or nothing about a GPU. */
    static @Nullable String message(String line) {
        if (!line.contains("NVRM: ") && !line.contains("nvidia-nvswitch")) {
            return null;
        }
        Matcher matcher = LINE.matcher(line);
        return matcher.matches() ? matcher.group(1) : null;
    }
}
