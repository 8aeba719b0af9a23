package caretaker.recovery.playbook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.re2j.Pattern;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** What lines of logs and errors of the engine mean: a table, the resource {@code log-patterns.txt}. Immutable. */
public final class LogPatterns {
    /** What a line says about repairing. */
    public enum Verdict {
        /** Nothing is decided by it; a person should read it. */
        REPORT,
        /** No restart helps: the configuration is wrong. */
        PERMANENT,
        /** The host is ill, not the container. */
        HOST,
        /** The same, if the host too says that a disk is full. */
        DISK
    }

    /**
     * One row.
     *
     * @param service the last word of an image, or {@code any}
     */
    public record Meaning(String service, String pattern, Verdict verdict, String cause, String remedy) {}

    private record Row(Pattern pattern, Meaning meaning) {}

    private static final String TABLE = "/caretaker/recovery/log-patterns.txt";
    private static final int COLUMNS = 5;

    private final List<Row> rows = new ArrayList<>();

    public LogPatterns() {
        for (String line : read().split("\n")) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] cells = line.split(" \\| ", -1);
                if (cells.length != COLUMNS) {
                    throw new IllegalStateException(TABLE + ": " + line);
                }
                var meaning = new Meaning(
                        cells[0].strip(),
                        cells[1].strip(),
                        Verdict.valueOf(cells[2].strip().toUpperCase(Locale.ROOT)),
                        cells[3].strip(),
                        cells[4].strip());
                rows.add(new Row(Pattern.compile(meaning.pattern(), Pattern.CASE_INSENSITIVE), meaning));
            }
        }
    }

    private static String read() {
        try (InputStream in = Objects.requireNonNull(LogPatterns.class.getResourceAsStream(TABLE), TABLE)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What these lines say, each meaning once, in the order of the table.
     *
     * @param service the last word of an image; empty for what the engine itself says
     */
    public List<Meaning> of(String service, List<String> lines) {
        List<Meaning> found = new ArrayList<>();
        for (Row row : rows) {
            boolean concerned = row.meaning().service().equals("any")
                    || service.contains(row.meaning().service());
            if (concerned
                    && lines.stream()
                            .anyMatch(line -> row.pattern().matcher(line).find())) {
                found.add(row.meaning());
            }
        }
        return List.copyOf(found);
    }

    /** All rows. */
    public List<Meaning> all() {
        return rows.stream().map(Row::meaning).toList();
    }
}
