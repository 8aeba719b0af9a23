package caretaker.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Holds the published tables to the code; with {@code -Dupdate} writes them. */
class PublishedTablesTest {
    private static final String COMMAND = "mvn -pl contracts test -Dtest=PublishedTablesTest -Dupdate";

    @Test
    void theTablesSayWhatTheCodeSays() throws IOException {
        for (Map.Entry<Path, String> table : PublishedTables.all().entrySet()) {
            Path file = table.getKey();
            if (Boolean.getBoolean("update")) {
                Files.writeString(file, table.getValue());
            }
            assertThat(Files.exists(file) ? Files.readString(file) : "")
                    .as("%s is not what the code says; to write it: %s", file, COMMAND)
                    .isEqualTo(table.getValue());
        }
    }
}
