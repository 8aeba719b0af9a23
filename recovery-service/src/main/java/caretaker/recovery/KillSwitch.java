package caretaker.recovery;

import java.nio.file.Files;
import java.nio.file.Path;

/** A file that stops everything new while it exists. Any thread may look. */
record KillSwitch(Path file) {
    boolean isOn() {
        return Files.exists(file);
    }
}
