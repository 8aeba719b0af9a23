package caretaker.recovery.engine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** Databases as a service has them. */
public final class Databases {
    private static final int PAGE = 4096;

    private Databases() {}

    /** A folder with {@code grafana.db} of some dozens of pages in it, of which half of one may be lost. */
    public static Path folder(Path folder, boolean isDamaged) {
        Path file = folder.resolve("grafana.db");
        try {
            Files.createDirectories(folder);
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE dashboard (id INTEGER PRIMARY KEY, title TEXT)");
                statement.execute("CREATE INDEX by_title ON dashboard (title)");
                statement.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
                        + "INSERT INTO dashboard SELECT i, 'dashboard ' || i FROM n");
            }
            if (isDamaged) {
                try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
                    bytes.seek(5L * PAGE);
                    bytes.write(new byte[PAGE / 2]);
                }
            }
        } catch (IOException | SQLException e) {
            throw new IllegalStateException(e);
        }
        return folder;
    }
}
