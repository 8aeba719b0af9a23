package caretaker.recovery.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;

/** Files that nobody else may read, as what is kept of containers may hold secrets, and that outlive a crash. */
final class OwnFiles {
    private static final String PART = "new.part";

    private OwnFiles() {}

    /** Made if it is not there; the one that it is in must be. */
    static void folder(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            sync(Objects.requireNonNull(folder.toAbsolutePath().getParent()));
        }
    }

    /** A new file; fails if there is one of this name. */
    static FileChannel create(Path file) throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /** A new file in the place of one that there may be. */
    static FileChannel createAnew(Path file) throws IOException {
        Files.deleteIfExists(file);
        return create(file);
    }

    /** All of it, on the disk when this returns. */
    static void write(FileChannel file, byte[] content) throws IOException {
        var left = ByteBuffer.wrap(content);
        while (left.hasRemaining()) {
            file.write(left);
        }
        file.force(true);
    }

    /** Whole or not at all, in the place of one that there may be; on the disk when this returns. */
    static void replace(Path folder, String name, byte[] content) throws IOException {
        Path part = folder.resolve(PART);
        try (FileChannel file = createAnew(part)) {
            write(file, content);
        }
        Files.move(part, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
    }

    /** That files of these names are there is on the disk too. */
    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** In hexadecimal digits. */
    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }
}
