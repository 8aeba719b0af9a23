package caretaker.alerts.template;

import java.nio.charset.StandardCharsets;

/** A template's text and the name that errors give to it. Positions are indexes into the text. */
record Source(String name, String text) {
    /** From 1. */
    int line(int position) {
        int line = 1;
        for (int i = 0; i < position; i++) {
            if (text.charAt(i) == '\n') {
                line++;
            }
        }
        return line;
    }

    /** Bytes since the line's start, as Go counts. */
    int column(int position) {
        int start = text.lastIndexOf('\n', position - 1) + 1;
        return text.substring(start, position).getBytes(StandardCharsets.UTF_8).length;
    }
}
