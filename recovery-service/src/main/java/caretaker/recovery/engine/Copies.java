package caretaker.recovery.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.recovery.incident.Input;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was copied of containers: a folder for each operation with {@code copy.tar}, its SHA-256, and at last
 * {@code copy.json}, which says what it is. The newest five are kept. Safe for any thread.
 */
final class Copies {
    static final int MOST = 5;

    private static final Logger LOGGER = LoggerFactory.getLogger(Copies.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LEAST_FREE = 1L << 30;
    private static final int FREE_PARTS = 20;
    private static final int MAX_RECORD = 64 << 10;
    private static final String RECORD = "copy.json";
    private static final String TAR = "copy.tar";
    private static final String SUM = "copy.tar.sha256";
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,127}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** What a look into a copy has found. */
    enum Check {
        /** Nothing was to be looked at. */
        NONE,
        OK,
        DAMAGED,
        /** The file is not in it. */
        ABSENT,
        /** Nobody could find out. */
        UNKNOWN
    }

    /** @param said what SQLite or the machine said, line by line */
    record Finding(Check check, List<String> said) {}

    /** A copy on the disk, and its sum. */
    record Tar(Path file, long bytes, String sha256) {}

    /**
     * One whole copy.
     *
     * @param container key of the container
     * @param path in the container
     * @param file below the path, that was looked at; empty for none
     */
    record Kept(
            Path folder,
            String operation,
            String container,
            String path,
            Instant at,
            long bytes,
            String sha256,
            String file,
            Finding finding) {

        boolean isDamaged() {
            return finding.check() == Check.DAMAGED;
        }

        /** What is told of it. */
        Input.Copy told() {
            String said = finding.said().isEmpty() ? "" : ": " + String.join(" / ", finding.said());
            String found = switch (finding.check()) {
                case NONE -> "";
                case OK -> "; " + file + " in it is whole";
                case DAMAGED -> "; " + file + " in it is damaged" + said;
                case ABSENT -> "; there is no " + file + " in it";
                case UNKNOWN -> "; whether " + file + " in it is whole is not known" + said;
            };
            return new Input.Copy(isDamaged(), "copy of " + path + " in " + folder + " (" + bytes + " bytes)" + found);
        }
    }

    private final Path all;

    /** @param all folder of the folders; made when the first copy is */
    Copies(Path all) {
        this.all = all;
    }

    /** What must stay free of a disk of that size, in bytes: 5 %, and 1 GiB at least. */
    static long reserve(long total) {
        return Math.max(LEAST_FREE, total / FREE_PARTS);
    }

    /** How much may still be written, in bytes; negative if too little is free already. */
    long room() throws IOException {
        FileStore disk = Files.getFileStore(all);
        return disk.getUsableSpace() - reserve(disk.getTotalSpace());
    }

    /** Where a copy is made; there afterwards. What others have begun and not ended is removed. */
    Path open(String operation) throws IOException {
        Path folder = all.resolve(name(operation));
        Files.createDirectories(
                all, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (Path other : folders()) {
            if (!other.equals(folder) && Files.notExists(other.resolve(RECORD))) {
                remove(other);
            }
        }
        OwnFiles.folder(folder);
        return folder;
    }

    /** The incident, a dot and the number of the attempt. */
    private static String name(String operation) {
        int slash = operation.lastIndexOf('/');
        return slash < 0 ? plain(operation) + ".0" : plain(operation.substring(0, slash)) + number(operation, slash);
    }

    private static String number(String operation, int slash) {
        return "." + plain(operation.substring(slash + 1));
    }

    private static String plain(String word) {
        return PLAIN.matcher(word).matches() ? word : OwnFiles.sha256(word.getBytes(UTF_8));
    }

    /** Where the tar is written until it is whole. */
    static Path part(Path folder) {
        return folder.resolve(TAR + ".part");
    }

    /** The part is whole and on the disk: it gets its name, after its sum has. */
    Tar whole(Path folder, String sha256) throws IOException {
        OwnFiles.replace(folder, SUM, (sha256 + "  " + TAR + "\n").getBytes(UTF_8));
        Path tar = Files.move(part(folder), folder.resolve(TAR), StandardCopyOption.ATOMIC_MOVE);
        OwnFiles.sync(folder);
        return new Tar(tar, Files.size(tar), sha256);
    }

    /** One that was made whole before a crash. */
    Optional<Tar> tar(Path folder) throws IOException {
        Path tar = folder.resolve(TAR);
        Path sum = folder.resolve(SUM);
        if (Files.notExists(tar) || Files.notExists(sum)) {
            return Optional.empty();
        }
        String sha256 = new String(start(sum), UTF_8).split(" ", 2)[0];
        return SHA256.matcher(sha256).matches() ? Optional.of(new Tar(tar, Files.size(tar), sha256)) : Optional.empty();
    }

    /** Makes it one that is kept. The oldest of more than five are removed. */
    void keep(Kept copy) throws IOException {
        ObjectNode record = JSON.createObjectNode()
                .put("schemaVersion", 1)
                .put("operation", copy.operation())
                .put("container", copy.container())
                .put("path", copy.path())
                .put("at", copy.at().toString())
                .put("bytes", copy.bytes())
                .put("sha256", copy.sha256())
                .put("file", copy.file())
                .put("check", copy.finding().check().name().toLowerCase(Locale.ROOT));
        copy.finding().said().forEach(record.putArray("said")::add);
        OwnFiles.replace(
                copy.folder(), RECORD, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(record));
        List<Kept> kept = new ArrayList<>();
        for (Path folder : folders()) {
            read(folder).filter(each -> !folder.equals(copy.folder())).ifPresent(kept::add);
        }
        kept.sort(Comparator.comparing(Kept::at).reversed());
        for (Kept old : kept.subList(Math.min(MOST - 1, kept.size()), kept.size())) {
            remove(old.folder());
        }
    }

    /** The one of an operation, if it is whole. */
    Optional<Kept> of(String operation) {
        return read(all.resolve(name(operation)))
                .filter(copy -> copy.operation().equals(operation));
    }

    /** The newest of a container that was made in an incident. */
    Optional<Kept> newest(String incident, String container) {
        if (incident.isEmpty()) {
            return Optional.empty();
        }
        String prefix = plain(incident) + ".";
        try {
            return folders().stream()
                    .filter(folder -> folder.getFileName().toString().startsWith(prefix))
                    .map(Copies::read)
                    .flatMap(Optional::stream)
                    .filter(copy -> copy.container().equals(container))
                    .max(Comparator.comparing(Kept::at));
        } catch (IOException e) {
            LOGGER.atWarn().setCause(e).addKeyValue("folder", all).log("copies of containers cannot be read");
            return Optional.empty();
        }
    }

    private List<Path> folders() throws IOException {
        List<Path> folders = new ArrayList<>();
        if (Files.isDirectory(all)) {
            try (DirectoryStream<Path> there = Files.newDirectoryStream(all, Files::isDirectory)) {
                there.forEach(folders::add);
            }
        }
        return folders;
    }

    private static Optional<Kept> read(Path folder) {
        Path file = folder.resolve(RECORD);
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode record = JSON.readTree(start(file));
            List<String> said = new ArrayList<>();
            record.path("said").forEach(line -> said.add(line.asText("")));
            var check = Check.valueOf(record.path("check").asText("").toUpperCase(Locale.ROOT));
            return Optional.of(new Kept(
                    folder,
                    record.path("operation").asText(""),
                    record.path("container").asText(""),
                    record.path("path").asText(""),
                    Instant.parse(record.path("at").asText("")),
                    record.path("bytes").asLong(0),
                    record.path("sha256").asText(""),
                    record.path("file").asText(""),
                    new Finding(check, said)));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            LOGGER.atWarn().setCause(e).addKeyValue("file", file).log("what a copy is cannot be read");
            return Optional.empty();
        }
    }

    private static byte[] start(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_RECORD);
        }
    }

    /** Removes a folder of a copy, and what is in it but not deeper. */
    private static void remove(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
        LOGGER.atInfo().addKeyValue("folder", folder).log("a copy of a container was removed: newer ones are kept");
    }
}
