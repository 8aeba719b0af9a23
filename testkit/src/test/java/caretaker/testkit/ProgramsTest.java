package caretaker.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class ProgramsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void aMissingProgramSkipsTheTestAndNamesItsPackage() {
        assertThatThrownBy(() -> Programs.assume("no-such-program"))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("no-such-program is not installed: apt-get install no-such-program");
    }

    @Test
    void aProgramIsAwaitedByItsOutputAndEndsWithItsTest() {
        // Given
        Path shell = Programs.assume("sh");

        // When
        Process process;
        try (var program = RunningProgram.start(shell, "-c", "echo one; echo ready; exec sleep 60")) {
            program.awaitLine("ready", LIMIT);
            process = program.process();
        }

        // Then
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void aProgramThatEndsTooSoonFailsAtOnceWithItsOutput() {
        // Given
        try (var program = RunningProgram.start(Programs.assume("sh"), "-c", "echo no such file; exit 3")) {
            // When
            // Then
            assertThatThrownBy(() -> program.awaitLine("ready", LIMIT))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("sh ended with 3 before a line with \"ready\"");
        }
    }
}
