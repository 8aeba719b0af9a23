package caretaker.agent.simulated;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Faults of simulated GPUs and when they begin, one a line: {@code at 20s gpu 3 of node-2: lost}.
 *
 * <p>Times count from the start of the simulation. Empty lines and what follows a {@code #} mean nothing; a line may
 * begin with {@code "- "}, so that a YAML list of such lines is a script too.
 */
public record FaultScript(List<Entry> entries) {
    /** A script in which nothing goes wrong. */
    public static final FaultScript NONE = new FaultScript(List.of());

    private static final Pattern LINE =
            Pattern.compile("at\\s+(?<time>\\d{1,9})(?<unit>ms|s|m|h)\\s+gpu\\s+(?<gpu>\\d{1,3})"
                    + "\\s+of\\s+(?<host>\\S+?)\\s*:\\s*(?<fault>\\S+)(?:\\s+(?<code>\\d{1,5}))?");

    /**
     * One line.
     *
     * @param code of {@link Fault#XID}; else 0
     */
    public record Entry(Duration at, String host, int gpu, Fault fault, int code) {
        public Entry(Duration at, String host, int gpu, Fault fault) {
            this(at, host, gpu, fault, 0);
        }
    }

    public FaultScript {
        entries = entries.stream().sorted(Comparator.comparing(Entry::at)).toList();
    }

    /**
     * Reads a script.
     *
     * @throws IllegalArgumentException naming every line that cannot be read
     */
    public static FaultScript parse(String text) {
        List<Entry> entries = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).replaceFirst("#.*", "").strip().replaceFirst("^- *", "");
            if (line.isEmpty()) {
                continue;
            }
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                problems.add("line " + (i + 1) + ": expected `at 20s gpu 3 of node-2: lost`, found `" + line + "`");
                continue;
            }
            String word = matcher.group("fault");
            int number = i + 1;
            int code = matcher.group("code") == null ? 0 : Integer.parseInt(matcher.group("code"));
            if (word.equals(Fault.XID.word()) != code > 0) {
                problems.add("line " + number + ": a code belongs to `xid`, as in `xid 94`, and to nothing else");
                continue;
            }
            Fault.ofWord(word)
                    .ifPresentOrElse(
                            fault -> entries.add(new Entry(
                                    duration(matcher),
                                    matcher.group("host"),
                                    Integer.parseInt(matcher.group("gpu")),
                                    fault,
                                    code)),
                            () -> problems.add(
                                    "line " + number + ": unknown fault `" + word + "`; known are " + Fault.words()));
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems));
        }
        return new FaultScript(entries);
    }

    /** A few faults on the first hosts of a demo: something to see within a minute, all but one over within ten. */
    public static FaultScript demo() {
        return parse("""
                at 10s gpu 2 of node-1: xid 31
                at 10s gpu 2 of node-1: xid 45
                at 15s gpu 0 of node-2: row-remap-pending
                at 20s gpu 3 of node-2: thermal-throttle
                at 25s gpu 4 of node-1: nvlink-down
                at 30s gpu 7 of node-2: xid 94
                at 40s gpu 4 of node-3: inforom-corrupt
                at 45s gpu 5 of node-1: xid 48
                at 45s gpu 5 of node-1: ecc-uncorrected
                at 60s gpu 1 of node-3: xid 79
                at 60s gpu 1 of node-3: lost
                at 80s gpu 3 of node-2: back
                at 90s gpu 0 of node-4: hung
                at 100s gpu 0 of node-2: reset
                at 105s gpu 5 of node-1: reset
                at 110s gpu 6 of node-1: power-brake
                at 120s gpu 0 of node-4: back
                at 125s gpu 4 of node-1: back
                at 130s gpu 5 of node-3: persistence-off
                at 140s gpu 1 of node-2: pcie-degraded
                at 150s gpu 1 of node-3: back
                at 160s gpu 2 of node-2: reset-required
                at 180s gpu 6 of node-1: back
                at 200s gpu 4 of node-3: back
                at 210s gpu 7 of node-3: row-remap-failure
                at 220s gpu 1 of node-2: back
                at 230s gpu 5 of node-3: back
                at 240s gpu 2 of node-2: back
                """);
    }

    /** The lines about one host. */
    FaultScript of(String host) {
        return new FaultScript(
                entries.stream().filter(entry -> entry.host().equals(host)).toList());
    }

    private static Duration duration(Matcher line) {
        long amount = Long.parseLong(line.group("time"));
        return switch (line.group("unit")) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }
}
