package caretaker.recovery.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.contracts.RecoveryEvent.Evidence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps bundles of evidence: a folder for each incident, and of these the newest. Of an incident that goes on it keeps
 * the first bundle and the newest. Safe for any thread.
 */
final class EvidenceStore {
    private static final Logger LOGGER = LoggerFactory.getLogger(EvidenceStore.class);
    private static final int MAX_BUNDLES = 20;
    private static final long MAX_BYTES = 2L << 30;
    private static final Pattern NAME = Pattern.compile("evidence-([0-9]{1,9})\\.json");
    private static final String PLAIN = "[A-Za-z0-9][A-Za-z0-9_-]{0,127}";

    private record Kept(Path folder, FileTime at, long bytes) {}

    private final Path incidents;
    private final int most;
    private final EngineMetrics metrics;

    EvidenceStore(Path incidents, int most, EngineMetrics metrics) {
        this.incidents = incidents;
        this.most = most;
        this.metrics = metrics;
    }

    Path folder() {
        return incidents;
    }

    /** Writes it to the disk; none if that is not possible. */
    synchronized Optional<Evidence> save(String incident, byte[] bundle) {
        try {
            Path folder =
                    incidents.resolve(incident.matches(PLAIN) ? incident : OwnFiles.sha256(incident.getBytes(UTF_8)));
            if (Files.notExists(folder)) {
                makeRoom();
                Files.createDirectories(incidents);
                OwnFiles.folder(folder);
            }
            Path file = write(folder, bundle);
            OwnFiles.sync(folder);
            metrics.evidence.increment();
            return Optional.of(new Evidence(file.toString(), OwnFiles.sha256(bundle), bundle.length));
        } catch (IOException | UncheckedIOException e) {
            metrics.evidenceFailed.increment();
            LOGGER.atWarn()
                    .addKeyValue("incident", incident)
                    .addKeyValue("reason", e.toString())
                    .log("evidence was not saved");
            return Optional.empty();
        }
    }

    private Path write(Path folder, byte[] bundle) throws IOException {
        NavigableMap<Integer, Path> there = numbered(folder);
        while (there.size() >= MAX_BUNDLES) {
            Map.Entry<Integer, Path> second = Objects.requireNonNull(there.higherEntry(there.firstKey()));
            Files.deleteIfExists(second.getValue());
            there.remove(second.getKey());
            metrics.bundlesRemoved.increment();
        }
        int number = there.isEmpty() ? 1 : there.lastKey() + 1;
        Path file = folder.resolve("evidence-" + number + ".json");
        try (FileChannel channel = OwnFiles.create(file)) {
            fill(file, channel, bundle);
        }
        return file;
    }

    private static NavigableMap<Integer, Path> numbered(Path folder) throws IOException {
        NavigableMap<Integer, Path> there = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    there.put(Integer.parseInt(name.group(1)), file);
                }
            }
        }
        return there;
    }

    private static void fill(Path file, FileChannel channel, byte[] bundle) throws IOException {
        try {
            OwnFiles.write(channel, bundle);
        } catch (IOException e) {
            Files.deleteIfExists(file); // half a bundle is none
            throw e;
        }
    }

    private void makeRoom() throws IOException {
        List<Kept> kept = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(incidents, Files::isDirectory)) {
            for (Path folder : folders) {
                kept.add(new Kept(folder, Files.getLastModifiedTime(folder), bytes(folder)));
            }
        } catch (NoSuchFileException e) {
            return;
        }
        kept.sort(Comparator.comparing(Kept::at).thenComparing(Kept::folder));
        int left = kept.size();
        long bytes = kept.stream().mapToLong(Kept::bytes).sum();
        for (Kept oldest : kept) {
            if (left < most && bytes < MAX_BYTES) {
                return;
            }
            left--;
            bytes -= oldest.bytes();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(oldest.folder(), Files::isRegularFile)) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
            try {
                Files.deleteIfExists(oldest.folder());
                metrics.evidenceRemoved.increment();
            } catch (IOException e) {
                LOGGER.atDebug().setCause(e).log("a folder of an incident has a folder in it, and stays");
            }
        }
    }

    private static long bytes(Path folder) throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
            for (Path file : files) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }
}
