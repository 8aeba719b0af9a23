package caretaker.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How long a newcomer waits: from the command to its ready line. */
final class DemoBenchmark implements Benchmark {
    private static final int RUNS = 3;
    private static final double TARGET_SECONDS = 10;

    @Override
    public String name() {
        return "demo";
    }

    @Override
    public String method() {
        return "`./caretaker demo` to its ready line, once built, the median of " + RUNS
                + " runs with a fresh data folder";
    }

    @Override
    public List<Figure> run(Path root) throws Exception {
        once(root); // builds
        double[] seconds = new double[RUNS];
        for (int i = 0; i < RUNS; i++) {
            seconds[i] = once(root);
        }
        java.util.Arrays.sort(seconds);
        return List.of(Figure.atMost(
                "seconds to ready", seconds[RUNS / 2], TARGET_SECONDS, "fastest " + Figure.number(seconds[0]) + " s"));
    }

    private static double once(Path root) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("caretaker-demo");
        long begin = System.nanoTime();
        Process demo = new ProcessBuilder(
                        root.resolve("caretaker").toString(), "demo", "--data", data.toString(), "--for", "120s")
                .redirectErrorStream(true)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(demo.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("ready")) {
                    return (System.nanoTime() - begin) / 1e9;
                }
            }
            throw new IOException("the demo ended before it was ready");
        } finally {
            demo.destroy();
            demo.waitFor(15, TimeUnit.SECONDS);
            demo.destroyForcibly();
        }
    }
}
