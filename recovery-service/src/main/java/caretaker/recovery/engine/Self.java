package caretaker.recovery.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** In which container this process runs. */
final class Self {
    private static final Pattern CGROUP =
            Pattern.compile("(?:/|docker-|libpod-)([0-9a-f]{64})(?:\\.scope)?(?=/|\\s|$)");
    private static final Pattern MOUNT =
            Pattern.compile(" \\S*/containers/([0-9a-f]{64})/\\S+ /etc/(?:hostname|hosts|resolv\\.conf) ");

    private Self() {}

    /** Empty for a process of the host, and where nothing tells. */
    static Optional<String> id(Path proc) {
        return inCgroup(text(proc.resolve("self/cgroup"))).or(() -> inMounts(text(proc.resolve("self/mountinfo"))));
    }

    /** The innermost. */
    static Optional<String> inCgroup(String text) {
        Matcher matcher = CGROUP.matcher(text);
        String found = null;
        while (matcher.find()) {
            found = matcher.group(1);
        }
        return Optional.ofNullable(found);
    }

    /** The engine mounts some files of its folder for a container into it. */
    static Optional<String> inMounts(String text) {
        return text.lines()
                .map(MOUNT::matcher)
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .findFirst();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
