package caretaker.recovery.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Configurations of containers that were good, and those in whose place they were put: the newest three different ones
 * of each kind, readable by the service's user alone, as they may hold secrets. One thread at a time for one container.
 */
final class KeptConfigs {
    static final int MAX_BYTES = 1 << 20;

    private static final int KEPT = 3;
    private static final int DIGITS = 12;
    private static final String GOOD = "good";
    private static final String BROKEN = "broken";
    private static final Pattern NAME = Pattern.compile("(good|broken)-([0-9]{1,15})(?:-([0-9a-f]{12}))?");

    /** @param at when it was seen to be good last, or put aside */
    record Kept(Path path, Instant at) {
        byte[] read() throws IOException {
            return Files.readAllBytes(path);
        }
    }

    private record Entry(Path path, String kind, long at, String operation) {}

    private final Path folder;

    KeptConfigs(Path folder) {
        this.folder = folder;
    }

    /** It was good at this time. */
    void good(String key, byte[] content, Instant at) throws IOException {
        for (Entry known : entries(key, GOOD)) {
            if (Arrays.equals(Files.readAllBytes(known.path()), content)) {
                Path renamed = folder(key).resolve(GOOD + "-" + at.toEpochMilli());
                Files.move(known.path(), renamed, StandardCopyOption.ATOMIC_MOVE);
                return;
            }
        }
        write(key, GOOD, GOOD + "-" + at.toEpochMilli(), content);
    }

    /** The newest good one that is not this. */
    Optional<Kept> former(String key, byte[] present) throws IOException {
        for (Entry entry : entries(key, GOOD)) {
            var kept = new Kept(entry.path(), Instant.ofEpochMilli(entry.at()));
            if (!Arrays.equals(kept.read(), present)) {
                return Optional.of(kept);
            }
        }
        return Optional.empty();
    }

    /** Keeps what an operation puts another one in the place of; begun again, what it has kept first. */
    byte[] aside(String key, String operation, byte[] present, Instant at) throws IOException {
        String mark = digits(operation);
        for (Entry entry : entries(key, BROKEN)) {
            if (mark.equals(entry.operation())) {
                return Files.readAllBytes(entry.path());
            }
        }
        write(key, BROKEN, BROKEN + "-" + at.toEpochMilli() + "-" + mark, present);
        return present;
    }

    private void write(String key, String kind, String name, byte[] content) throws IOException {
        Path of = folder(key);
        Files.createDirectories(folder);
        OwnFiles.folder(of);
        OwnFiles.replace(of, name, content);
        List<Entry> all = entries(key, kind);
        for (Entry old : all.subList(Math.min(KEPT, all.size()), all.size())) {
            Files.deleteIfExists(old.path());
        }
    }

    /** Newest first. */
    private List<Entry> entries(String key, String kind) throws IOException {
        Path of = folder(key);
        if (Files.notExists(of)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(of)) {
            return files.map(KeptConfigs::entry)
                    .flatMap(Optional::stream)
                    .filter(entry -> entry.kind().equals(kind))
                    .sorted(Comparator.comparingLong(Entry::at).reversed())
                    .toList();
        }
    }

    private static Optional<Entry> entry(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches()
                ? Optional.of(new Entry(
                        file, name.group(1), Long.parseLong(name.group(2)), name.group(3) == null ? "" : name.group(3)))
                : Optional.empty();
    }

    /** A key has no plus sign, and no part of it begins with a dot. */
    private Path folder(String key) {
        return folder.resolve(key.replace('/', '+'));
    }

    private static String digits(String text) {
        return OwnFiles.sha256(text.getBytes(UTF_8)).substring(0, DIGITS);
    }
}
