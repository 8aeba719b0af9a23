package caretaker.agent.kernel;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes bytes of {@code /dev/kmsg} apart into records: {@code priority,sequence,microseconds,flags;text}, then lines
 * that begin with a space and say more, which nobody needs. What is not of that form is counted and left out; nothing
 * makes it throw.
 */
final class KmsgRecords {
    private static final int FACILITY_SHIFT = 3;

    /**
     * One message of the kernel.
     *
     * @param sequence counts from the boot; one that was missed is a record that the kernel has overwritten
     * @param micros of the kernel's clock, which begins about at the boot
     * @param fromKernel false: a program wrote it, which says nothing about a GPU
     */
    record Entry(long sequence, long micros, boolean fromKernel, String text) {}

    private final Consumer<Entry> outlet;
    private final LineAssembly lines = new LineAssembly(this::take);
    private long garbage;

    KmsgRecords(Consumer<Entry> outlet) {
        this.outlet = outlet;
    }

    /** Lines so far that were no records, or longer than {@link LineAssembly#MAX_LINE}. */
    long garbage() {
        return garbage;
    }

    /** Takes what was read; a record may come in pieces. */
    void feed(ByteBuffer bytes) {
        lines.feed(bytes);
    }

    /** Forgets the beginning of a record whose end will not come. */
    void restart() {
        lines.restart();
    }

    private void take(String line, boolean cut) {
        if (cut) {
            garbage++;
        }
        if (line.isEmpty() || line.charAt(0) == ' ') {
            return;
        }
        Entry entry = entry(line);
        if (entry == null) {
            garbage += cut ? 0 : 1;
        } else {
            outlet.accept(entry);
        }
    }

    private static @Nullable Entry entry(String text) {
        int semicolon = text.indexOf(';');
        String[] head =
                semicolon < 0 ? new String[0] : text.substring(0, semicolon).split(",", 5);
        if (head.length < 4) {
            return null;
        }
        try {
            long priority = Long.parseLong(head[0]);
            long sequence = Long.parseLong(head[1]);
            long micros = Long.parseLong(head[2]);
            return priority < 0 || sequence < 0 || micros < 0
                    ? null
                    : new Entry(
                            sequence, micros, priority >> FACILITY_SHIFT == 0, plain(text.substring(semicolon + 1)));
        } catch (NumberFormatException notARecord) {
            return null;
        }
    }

    /** The kernel writes {@code \x0a} for a line feed and such. */
    private static String plain(String text) {
        int escape = text.indexOf("\\x");
        if (escape < 0) {
            return text;
        }
        var plain = new StringBuilder(text.length());
        int from = 0;
        while (escape >= 0) {
            int high = escape + 3 < text.length() ? Character.digit(text.charAt(escape + 2), 16) : -1;
            int low = escape + 3 < text.length() ? Character.digit(text.charAt(escape + 3), 16) : -1;
            int end = high < 0 || low < 0 ? escape + 2 : escape + 4;
            plain.append(text, from, high < 0 || low < 0 ? end : escape);
            if (high >= 0 && low >= 0) {
                plain.append((char) (high << 4 | low));
            }
            from = end;
            escape = text.indexOf("\\x", from);
        }
        return plain.append(text, from, text.length()).toString();
    }
}
