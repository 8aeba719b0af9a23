package caretaker.alerts.template;

import caretaker.testkit.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Debian's amtool as the judge of what a template gives. */
final class Amtool {
    private static final long LIMIT_SECONDS = 60;

    private final Path program;
    private final Path data;
    private final String glob;

    private Amtool(Path program, Path data, String glob) {
        this.program = program;
        this.data = data;
        this.glob = glob;
    }

    /** What came out: a text, or why there is none. */
    record Result(boolean fine, String text) {}

    /** Writes the data into the folder. Skips the test where amtool is not installed. */
    static Amtool with(Path folder, TemplateData data, String glob) throws IOException {
        var run = new Run(Limits.DEFAULT, InstantSource.system(), new Regexes(), Map.of());
        Path file = Files.createTempFile(folder, "data", ".json");
        Files.writeString(file, GoJson.encode(run, data.value()));
        return new Amtool(Programs.assume("amtool"), file, glob);
    }

    Result text(String template) {
        return run("text", template);
    }

    Result html(String template) {
        return run("html", template);
    }

    private Result run(String type, String template) {
        List<String> command = new ArrayList<>(Arrays.asList(
                program.toString(), "template", "render", "--template.glob=" + glob, "--template.type=" + type));
        command.add("--template.data=" + data);
        command.add("--template.text=" + template);
        try {
            Path errors = Files.createTempFile("amtool", ".err");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectError(errors.toFile())
                        .start();
                process.getOutputStream().close();
                String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("amtool did not end");
                }
                boolean fine = process.exitValue() == 0;
                return new Result(
                        fine, fine ? text : Files.readString(errors).strip().replaceFirst("^amtool: error: ", ""));
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new AssertionError("amtool could not run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
