package caretaker.agent.nvml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The C program that the agent's fast poll is measured against, and the scenario that the environment names. */
class PollTest {
    @Test
    void itPollsTheGpusOfTheScenarioThatTheEnvironmentNames(@TempDir Path folder) throws Exception {
        // Given
        Path library = NativeLibrary.ofDriver(NativeLibrary.NEWEST_DRIVER);
        Path poll = folder.resolve("poll");
        NativeLibrary.compile(
                poll,
                List.of(
                        "-std=c11",
                        "-O2",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        NativeLibrary.SOURCES.resolve("poll.c").toString()),
                List.of(library.toString()));
        Path scenario = Files.writeString(folder.resolve("scenario"), "gpus 2\ngpu * utilization 50\n");
        // When
        String said = run(poll, library, scenario, "1");
        // Then a time for each round
        assertThat(said.lines().toList()).hasSize(5).allMatch(line -> line.matches("\\d+"));
    }

    private static String run(Path poll, Path library, Path scenario, String polls)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(poll.toString(), polls).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("LD_LIBRARY_PATH", String.valueOf(library.getParent()));
        builder.environment().put("CARETAKER_NVML_SCENARIO", scenario.toString());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said;
    }
}
