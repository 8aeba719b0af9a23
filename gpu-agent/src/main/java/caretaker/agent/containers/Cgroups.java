package caretaker.agent.containers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process's {@code /proc/<pid>/cgroup} says.
 *
 * <p>Each line is {@code hierarchy:controllers:path}; version 2 has one line, {@code 0::path}. A container is a part of
 * a path: its 64 hex digits alone (the cgroupfs driver) or as {@code docker-<id>.scope} (the systemd driver), likewise
 * with the prefixes of Podman, containerd and CRI-O. A process in a container that runs inside a container has both.
 *
 * @param containers ids from the outermost to the innermost; empty for a process of the host
 * @param paths by controller, for example {@code devices}; the empty name is version 2
 */
record Cgroups(List<String> containers, Map<String, String> paths) {
    /** The line is longer than any kernel writes: a path has at most 4096 bytes. */
    private static final int MAX_LINE = 8192;

    private static final int MAX_LINES = 64;

    /** Podman and CRI-O watch each container from a process beside it, which is the host's. */
    private static final Pattern ID = Pattern.compile(
            "(?:(?:docker|libpod|cri-containerd|crio|nerdctl|containerd)-)?([0-9a-f]{64})(?:\\.scope)?");

    private static final String ENDED = " (deleted)";

    Cgroups {
        containers = List.copyOf(containers);
        paths = Map.copyOf(paths);
    }

    /** Takes any text; what is no line of a cgroup file is left out. */
    static Cgroups parse(String text) {
        List<String> deepest = List.of();
        Map<String, String> paths = new LinkedHashMap<>();
        for (String line : text.lines().limit(MAX_LINES).toList()) {
            int first = line.indexOf(':');
            int second = line.indexOf(':', first + 1);
            if (first < 0 || second < 0 || line.length() > MAX_LINE || second + 1 == line.length()) {
                continue;
            }
            String path = line.substring(second + 1);
            for (String controller : line.substring(first + 1, second).split(",", -1)) {
                paths.putIfAbsent(controller, path);
            }
            List<String> ids = ids(path);
            if (ids.size() > deepest.size()) {
                deepest = ids;
            }
        }
        return new Cgroups(deepest, paths);
    }

    private static List<String> ids(String path) {
        String whole = path.endsWith(ENDED) ? path.substring(0, path.length() - ENDED.length()) : path;
        List<String> ids = new ArrayList<>();
        for (String part : whole.split("/", -1)) {
            Matcher matcher = ID.matcher(part);
            if (matcher.matches() && !ids.contains(matcher.group(1))) {
                ids.add(matcher.group(1));
            }
        }
        return ids;
    }
}
