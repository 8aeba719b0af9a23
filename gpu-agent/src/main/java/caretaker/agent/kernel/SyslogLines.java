package caretaker.agent.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

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
    /** What is longer is cut. */
    static final int MAX_LINE = 8192;

    private static final Pattern LINE = Pattern.compile(
            "(?:(?:[^ ]*[^ :] +){1,6}kernel: )?(?:kernel: )?(?:\\[ *[\\d.]{1,20}\\] ?|\\[[A-Z][^\\]]{10,30}\\] )?"
                    + "((?:NVRM: |nvidia-nvswitch).*)");

    private final Consumer<String> outlet;
    private final byte[] line = new byte[MAX_LINE];
    private int length;
    private boolean cut;
    private long tooLong;

    SyslogLines(Consumer<String> outlet) {
        this.outlet = outlet;
    }

    /** Lines so far that were longer than {@link #MAX_LINE}. */
    long tooLong() {
        return tooLong;
    }

    /** Takes what was read; a line may come in pieces. */
    void feed(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n') {
                end();
            } else if (length < MAX_LINE) {
                line[length++] = next;
            } else {
                cut = true;
            }
        }
    }

    void restart() {
        length = 0;
        cut = false;
    }

    private void end() {
        tooLong += cut ? 1 : 0;
        String message = message(new String(line, 0, length, UTF_8));
        if (message != null) {
            outlet.accept(message);
        }
        restart();
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
