package caretaker.recovery.engine;

import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Knows of which containers somebody has ended the run by the engine's API: the engine says so by its events alone.
 * What this service does itself counts for nothing. Safe for any thread.
 */
final class Stops {
    private static final int MAX = 5_000;
    private static final Set<String> ENDING = Set.of("2", "3", "9", "15");
    private static final Map<String, String> NUMBERS = Map.ofEntries(
            Map.entry("HUP", "1"),
            Map.entry("INT", "2"),
            Map.entry("QUIT", "3"),
            Map.entry("KILL", "9"),
            Map.entry("USR1", "10"),
            Map.entry("USR2", "12"),
            Map.entry("TERM", "15"),
            Map.entry("WINCH", "28"),
            Map.entry("RTMIN+3", "37"));

    private final Map<String, Set<String>> signals = new LinkedHashMap<>();
    private final Map<String, Ours> ours = new LinkedHashMap<>();

    private record Ours(Instant from, Instant until) {}

    private static final String STOPPED = "stop";

    /** What is heard of a container between these moments is what this service asked for. */
    synchronized void ours(String id, Instant from, Instant until) {
        ours.remove(id);
        ours.put(id, new Ours(from, until));
        bound(ours);
    }

    /**
     * Takes one event.
     *
     * @param signal for a kill: a number or a name
     */
    synchronized void heard(String id, String action, String signal, Instant at) {
        switch (action) {
            case "start", "destroy" -> signals.remove(id);
            case "kill" -> {
                if (!isOurs(id, at)) {
                    remember(id, number(signal));
                }
            }
            case STOPPED -> {
                if (!isOurs(id, at)) {
                    remember(id, STOPPED);
                }
            }
            default -> {}
        }
    }

    private boolean isOurs(String id, Instant at) {
        Ours own = ours.get(id);
        return own != null && !at.isBefore(own.from()) && !at.isAfter(own.until());
    }

    private void remember(String id, String what) {
        signals.computeIfAbsent(id, _ -> new HashSet<>()).add(what);
        bound(signals);
    }

    private static void bound(Map<String, ?> map) {
        if (map.size() > MAX) {
            map.remove(map.keySet().iterator().next());
        }
    }

    /**
     * Whether somebody ended the last run.
     *
     * @param stopSignal the container's own; empty for the engine's default
     */
    synchronized boolean wasStopped(String id, String stopSignal) {
        Set<String> heard = signals.getOrDefault(id, Set.of());
        return heard.contains(STOPPED)
                || heard.stream().anyMatch(ENDING::contains)
                || (!stopSignal.isEmpty() && heard.contains(number(stopSignal)));
    }

    private static String number(String signal) {
        String name = signal.toUpperCase(Locale.ROOT);
        name = name.startsWith("SIG") ? name.substring(3) : name;
        return NUMBERS.getOrDefault(name, name);
    }
}
