package caretaker.recovery.engine;

import caretaker.recovery.engine.Copies.Check;
import caretaker.recovery.engine.Copies.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Asks SQLite whether a database is whole, in a copy of it that nobody else has open. SQLite is not loaded before the
 * first time.
 */
final class SqliteCheck {
    private static final int MOST_LINES = 5;
    private static final int LONGEST_LINE = 200;

    /** Instructions of SQLite's machine between two looks at the clock. */
    private static final int INSTRUCTIONS = 10_000;

    private SqliteCheck() {}

    /**
     * Never throws: what could not be found out is unknown.
     *
     * @param database with its journals beside it; they are brought into it
     * @param limit after which nothing is known either
     */
    static Finding of(Path database, Duration limit) {
        try {
            return Files.size(database) == 0
                    ? new Finding(Check.DAMAGED, List.of("it is empty"))
                    : asked(database, limit);
        } catch (SQLiteException e) {
            return new Finding(isDamage(e.getResultCode()) ? Check.DAMAGED : Check.UNKNOWN, List.of(line(e)));
        } catch (SQLException | IOException e) {
            return new Finding(Check.UNKNOWN, List.of(line(e)));
        } catch (LinkageError e) { // there is no SQLite for this machine, or no folder to unpack it to
            return new Finding(Check.UNKNOWN, List.of("SQLite cannot be loaded: " + line(e)));
        }
    }

    private static Finding asked(Path database, Duration limit) throws SQLException {
        long until = System.nanoTime() + limit.toNanos();
        List<String> lines = new ArrayList<>();
        try (SQLiteConnection connection =
                        (SQLiteConnection) new SQLiteConfig().createConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            ProgressHandler.setHandler(connection, INSTRUCTIONS, new ProgressHandler() {
                @Override
                protected int progress() {
                    return System.nanoTime() - until < 0 ? 0 : 1;
                }
            });
            statement.execute("PRAGMA trusted_schema = OFF"); // whoever damaged it may have written it
            try (ResultSet rows = statement.executeQuery("PRAGMA integrity_check(" + MOST_LINES + ")")) {
                while (rows.next() && lines.size() < MOST_LINES) {
                    rows.getString(1)
                            .lines()
                            .limit(MOST_LINES - lines.size())
                            .map(SqliteCheck::line)
                            .forEach(lines::add);
                }
            }
        }
        boolean isWhole = lines.equals(List.of("ok"));
        return new Finding(isWhole ? Check.OK : Check.DAMAGED, isWhole ? List.of() : lines);
    }

    /** The code, or what it is one of. */
    private static boolean isDamage(SQLiteErrorCode code) {
        int primary = code.code & 0xff;
        return primary == SQLiteErrorCode.SQLITE_CORRUPT.code || primary == SQLiteErrorCode.SQLITE_NOTADB.code;
    }

    private static String line(Throwable e) {
        return line(String.valueOf(e.getMessage()));
    }

    private static String line(String text) {
        String line = Refusal.line(text);
        return line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line;
    }
}
