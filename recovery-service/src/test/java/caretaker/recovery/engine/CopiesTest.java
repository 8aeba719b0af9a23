package caretaker.recovery.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.recovery.engine.Copies.Check;
import caretaker.recovery.engine.Copies.Finding;
import caretaker.recovery.engine.Copies.Kept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies on the disk, and what SQLite says of a database. */
class CopiesTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    @Test
    void fivePercentAndOneGibibyteStayFree() {
        assertThat(Copies.reserve(10L << 30)).isEqualTo(1L << 30);
        assertThat(Copies.reserve(20L << 30)).isEqualTo(1L << 30);
        assertThat(Copies.reserve(100L << 30)).isEqualTo(5L << 30);
    }

    @Test
    void whatWasBegunAndNotEndedIsRemovedWhenTheNextIsBegun() throws IOException {
        // Given
        var copies = new Copies(directory.resolve("copies"));
        Path begun = copies.open("one/1");
        Files.writeString(Copies.part(begun), "half");
        Path whole = copies.open("two/1");
        assertThat(begun).doesNotExist();
        Files.writeString(Copies.part(whole), "whole");
        Copies.Tar tar = copies.whole(whole, "ab".repeat(32));
        copies.keep(kept(whole, "two/1", tar, new Finding(Check.OK, List.of())));

        // When
        Path next = copies.open("../../three/1");

        // Then
        assertThat(next.getParent()).isEqualTo(directory.resolve("copies"));
        assertThat(whole).isDirectoryContaining("glob:**/copy.json");
        assertThat(copies.of("two/1")).isPresent();
        assertThat(copies.tar(whole)).contains(tar);
    }

    @Test
    void theNewestOfAnIncidentAndAContainerCounts() throws IOException {
        // Given
        var copies = new Copies(directory.resolve("copies"));
        Path folder = copies.open("one/1");
        Files.writeString(Copies.part(folder), "whole");
        Copies.Tar tar = copies.whole(folder, "ab".repeat(32));
        copies.keep(kept(folder, "one/1", tar, new Finding(Check.DAMAGED, List.of("page 5"))));

        // Then
        assertThat(copies.newest("one", "lab/grafana/1"))
                .hasValueSatisfying(copy -> assertThat(copy.told().what()).contains("damaged: page 5"));
        assertThat(copies.newest("one", "lab/other/1")).isEmpty();
        assertThat(copies.newest("on", "lab/grafana/1")).isEmpty();
        assertThat(copies.newest("", "lab/grafana/1")).isEmpty();

        // When
        Files.writeString(folder.resolve("copy.json"), "{");

        // Then
        assertThat(copies.newest("one", "lab/grafana/1")).isEmpty();
    }

    private static Kept kept(Path folder, String operation, Copies.Tar tar, Finding finding) {
        return new Kept(
                folder,
                operation,
                "lab/grafana/1",
                "/var/lib/grafana",
                Instant.EPOCH,
                tar.bytes(),
                tar.sha256(),
                "grafana.db",
                finding);
    }

    /** What is in the journal only is a part of the database. */
    @Test
    void aDatabaseIsCheckedWithItsJournal() throws IOException, SQLException {
        // Given
        Path live = directory.resolve("live.db");
        Path copy = directory.resolve("copy.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + live);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("CREATE TABLE t (a TEXT)");
            statement.execute("INSERT INTO t VALUES ('x')");
            Files.copy(live, copy);
            Files.copy(directory.resolve("live.db-wal"), directory.resolve("copy.db-wal"));
        }

        // Then
        assertThat(SqliteCheck.of(copy, LIMIT)).isEqualTo(new Finding(Check.OK, List.of()));
    }

    @Test
    void whatIsNoDatabaseIsDamaged() throws IOException {
        // Given
        Path text = Files.writeString(directory.resolve("text.db"), "no database ".repeat(1000), UTF_8);
        Path empty = Files.createFile(directory.resolve("empty.db"));

        // Then
        assertThat(SqliteCheck.of(text, LIMIT).check()).isEqualTo(Check.DAMAGED);
        assertThat(SqliteCheck.of(empty, LIMIT)).isEqualTo(new Finding(Check.DAMAGED, List.of("it is empty")));
        assertThat(SqliteCheck.of(directory.resolve("none.db"), LIMIT).check()).isEqualTo(Check.UNKNOWN);
    }

    @Test
    void whatTakesTooLongIsNotKnown() throws SQLException {
        // Given
        Path file = directory.resolve("large.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)");
            statement.execute("CREATE INDEX i ON t (b)");
            statement.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
                    + "INSERT INTO t SELECT i, 'text ' || i FROM n");
        }

        // Then
        assertThat(SqliteCheck.of(file, Duration.ZERO).check()).isEqualTo(Check.UNKNOWN);
        assertThat(SqliteCheck.of(file, LIMIT).check()).isEqualTo(Check.OK);
    }
}
