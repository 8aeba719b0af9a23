package caretaker.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows with columns below each other; the last column is as wide as it is. What others wrote is made harmless. */
final class Table {
    private static final int WIDEST = 60;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... titles) {
        rows.add(List.of(titles));
    }

    void row(String... cells) {
        rows.add(List.of(cells).stream().map(Table::plain).toList());
    }

    List<String> lines() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.min(WIDEST, Math.max(widths[i], row.get(i).length()));
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                boolean last = i == columns - 1;
                line.append(last ? row.get(i) : String.format("%-" + widths[i] + "s  ", row.get(i)));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** Without anything that would move the cursor. */
    static String plain(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    /** Here and now, as people write it; as it is, if it is no time. */
    static String time(String text) {
        try {
            return TIME.format(Instant.parse(text).atZone(ZoneId.systemDefault()));
        } catch (DateTimeException e) {
            return text;
        }
    }
}
