package caretaker.agent.xid;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is known of the driver's error codes, and what the agent makes of each by default: the file {@code xid.csv}. */
public final class XidTable {
    /** Codes are from 1 to this. */
    public static final int MAX_CODE = 65_535;

    /** Stands for any earlier code in {@link Entry#follows}. */
    static final int ANY = -1;

    private static final String FILE = "/caretaker/agent/xid/xid.csv";

    /** Who is hit by what the code advises. */
    public enum Scope {
        NONE,
        PROCESS,
        CONTAINER,
        GPU,
        NODE
    }

    /** When a code is worse than it looks. */
    enum Escalation {
        NEVER,
        /** It came again within the window. */
        REPEAT,
        /** Different containers hit it on one GPU within the window. */
        CONTAINERS
    }

    /**
     * One code.
     *
     * @param name in a few words
     * @param kind what part it is about: application, memory, link, ...
     * @param fatal {@code yes}: the GPU is not to be trusted until it is reset, {@code no}: one process at most is hit,
     *     {@code depends}, {@code unknown}
     * @param follows the code that this one is no news after, {@link #ANY}, or 0
     * @param live whether the driver still uses it
     * @param note what a person should know; may be empty
     */
    public record Entry(
            int code,
            String name,
            String kind,
            String fatal,
            Severity severity,
            Action action,
            Scope scope,
            int follows,
            Escalation escalation,
            Action escalated,
            boolean live,
            String note) {}

    private final SortedMap<Integer, Entry> entries = new TreeMap<>();
    private String version = "";

    private XidTable() {}

    /** The table that comes with the agent. */
    public static XidTable load() {
        var table = new XidTable();
        read(FILE).lines().forEach(table::line);
        return table;
    }

    static String read(String resource) {
        try (InputStream in = XidTable.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + resource);
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void line(String line) {
        if (line.startsWith("# version: ")) {
            version = line.substring("# version: ".length());
        }
        if (line.startsWith("#") || line.startsWith("xid,")) {
            return;
        }
        String[] cells = line.split(",", -1);
        int code = Integer.parseInt(cells[0]);
        String[] worse = cells[8].split(":", -1);
        entries.put(
                code,
                new Entry(
                        code,
                        cells[1],
                        cells[2],
                        cells[3],
                        Severity.valueOf(constant(cells[4])),
                        action(cells[5]),
                        cells[6].equals("-") ? Scope.NONE : Scope.valueOf(constant(cells[6])),
                        cells[7].isEmpty() ? 0 : cells[7].equals("any") ? ANY : Integer.parseInt(cells[7]),
                        worse.length < 2 ? Escalation.NEVER : Escalation.valueOf(constant(worse[0])),
                        worse.length < 2 ? Action.NONE : action(worse[1]),
                        !cells[9].equals("retired"),
                        cells[10].replace(';', ',')));
    }

    static Action action(String word) {
        return Action.valueOf(constant(word));
    }

    private static String constant(String word) {
        return word.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** Which editions of NVIDIA's lists it was made from. */
    public String version() {
        return version;
    }

    /** All codes that it knows, in order. */
    public Collection<Entry> entries() {
        return Collections.unmodifiableCollection(entries.values());
    }

    /** What is known of a code; of one that nobody has described, that somebody should look. */
    public Entry entry(int code) {
        Entry known = entries.get(code);
        return known != null
                ? known
                : new Entry(
                        code,
                        "a code that this version does not know",
                        "unknown",
                        "unknown",
                        Severity.WARNING,
                        Action.NONE,
                        Scope.NONE,
                        0,
                        Escalation.NEVER,
                        Action.NONE,
                        false,
                        "");
    }
}
