package caretaker.recovery.engine;

import caretaker.recovery.engine.Copies.Check;
import caretaker.recovery.engine.Copies.Finding;
import caretaker.recovery.engine.Copies.Tar;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A database that is taken out of a copy, with what SQLite keeps beside it, for as long as it is looked at. */
final class Extraction {
    private static final Logger LOGGER = LoggerFactory.getLogger(Extraction.class);
    private static final String DATABASE = "check.db";
    private static final List<String> BESIDE = List.of("", "-wal", "-shm", "-journal");

    private Extraction() {}

    /**
     * Whether a database in a copy is whole. What could not be found out is unknown.
     *
     * @param folder of the copy; nothing more is in it afterwards
     * @param path that was copied
     * @param file below that
     * @param room bytes that may be written
     * @param limit for SQLite's answer
     */
    static Finding check(Tar tar, Path folder, String path, String file, long room, Duration limit) {
        String name = path.substring(path.lastIndexOf('/') + 1) + "/" + file;
        try {
            discard(folder);
            return extract(tar.file(), name, folder, room)
                    ? SqliteCheck.of(folder.resolve(DATABASE), limit)
                    : new Finding(Check.ABSENT, List.of());
        } catch (IOException e) {
            return new Finding(Check.UNKNOWN, List.of(Refusal.line(String.valueOf(e.getMessage()))));
        } finally {
            try {
                discard(folder);
            } catch (IOException e) {
                LOGGER.atWarn().setCause(e).addKeyValue("folder", folder).log("what was taken out of a copy stays");
            }
        }
    }

    /** Whether it is there. */
    private static boolean extract(Path tar, String name, Path folder, long room) throws IOException {
        boolean isThere = false;
        long left = room;
        try (var entries = new TarArchiveInputStream(Files.newInputStream(tar))) {
            for (TarArchiveEntry entry; (entry = entries.getNextEntry()) != null; ) {
                for (String beside : BESIDE) {
                    if (entry.isFile() && entry.getName().equals(name + beside)) {
                        left -= entry.getSize();
                        if (left <= 0) {
                            throw new IOException("no room to look into it");
                        }
                        try (FileChannel to = OwnFiles.createAnew(folder.resolve(DATABASE + beside))) {
                            entries.transferTo(Channels.newOutputStream(to));
                        }
                        isThere |= beside.isEmpty();
                    }
                }
            }
        }
        return isThere;
    }

    private static void discard(Path folder) throws IOException {
        for (String beside : BESIDE) {
            Files.deleteIfExists(folder.resolve(DATABASE + beside));
        }
    }
}
