package caretaker.benchmarks;

import caretaker.broker.EmbeddedBroker;
import caretaker.testkit.FreePort;
import caretaker.testkit.Programs;
import caretaker.testkit.RunningProgram;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One {@code /metrics} of a thousand hosts, against Debian's pushgateway serving the same series. */
final class ExpositionBenchmark implements Benchmark {
    private static final int HOSTS = 1_000;
    private static final int SERIES = 40;

    @Override
    public String name() {
        return "exposition";
    }

    @Override
    public String method() {
        return "one /metrics of " + HOSTS * Fleet.GPUS + " GPUs x " + SERIES
                + " series over loopback, uncompressed, the middle of five, against prometheus-pushgateway with the same text";
    }

    @Override
    public List<Figure> run(Path root) throws Exception {
        Path dir = Files.createTempDirectory("caretaker-bench");
        List<Figure> figures = new ArrayList<>();
        try (var broker = EmbeddedBroker.start(dir.resolve("data"), 0);
                var http = HttpClient.newHttpClient()) {
            Fleet.publish(broker.bootstrapServers(), new Fleet(SERIES), HOSTS, 1, System.currentTimeMillis());
            try (var collector = new CollectorUnderTest(broker.bootstrapServers())) {
                collector.awaitReady();
                Path text = dir.resolve("metrics.txt");
                http.send(
                        HttpRequest.newBuilder(URI.create(collector.url("/metrics")))
                                .build(),
                        BodyHandlers.ofFile(text));
                long series;
                try (var lines = Files.lines(text)) {
                    series =
                            lines.filter(line -> line.startsWith("nvidia_gpu_")).count();
                }
                double ours = Median.seconds(5, 5, () -> CollectorUnderTest.read(http, collector.url("/metrics")));
                double peer = pushgateway(http, text, dir);
                figures.add(Figure.atMost(
                        "time of /metrics to pushgateway's",
                        ours / peer,
                        1.0 / 6,
                        Figure.number(ours) + " s to " + Figure.number(peer) + " s; " + series + " series, "
                                + Files.size(text) / 1_000_000 + " MB"));
            }
        }
        return figures;
    }

    private static double pushgateway(HttpClient http, Path text, Path dir) throws Exception {
        Path program = Programs.find("prometheus-pushgateway")
                .orElseThrow(() -> new IllegalStateException("apt-get install prometheus-pushgateway"));
        int port = FreePort.find();
        // Only the GPUs' series: pushgateway refuses what it has itself.
        Path pushed = dir.resolve("pushed.txt");
        try (var lines = Files.lines(text);
                var out = Files.newBufferedWriter(pushed)) {
            for (var line : (Iterable<String>) lines.filter(l -> l.contains("nvidia_gpu_"))::iterator) {
                out.write(line);
                out.write('\n');
            }
        }
        try (var gateway = RunningProgram.start(
                program,
                "--web.listen-address=127.0.0.1:" + port,
                "--push.disable-consistency-check",
                "--web.enable-admin-api")) {
            gateway.awaitPort(port, Duration.ofSeconds(30));
            String base = "http://127.0.0.1:" + port;
            var push = http.send(
                    HttpRequest.newBuilder(URI.create(base + "/metrics/job/bench"))
                            .PUT(BodyPublishers.ofFile(pushed))
                            .build(),
                    BodyHandlers.ofString());
            if (push.statusCode() >= 300) {
                throw new IllegalStateException("pushgateway refused: " + push.body());
            }
            while (CollectorUnderTest.read(http, base + "/metrics") < Files.size(pushed) / 2) {
                Thread.onSpinWait();
            }
            return Median.seconds(1, 5, () -> CollectorUnderTest.read(http, base + "/metrics"));
        }
    }
}
