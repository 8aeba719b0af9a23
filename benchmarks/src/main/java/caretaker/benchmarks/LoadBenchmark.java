package caretaker.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.agent.GpuAgent;
import caretaker.agent.GpuAgentConfig;
import caretaker.broker.EmbeddedBroker;
import caretaker.chassis.config.Config;
import caretaker.contracts.Topic;
import caretaker.testkit.FreePort;
import caretaker.testkit.RunningProgram;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A thousand hosts at once on this machine, and how late a reading is seen. */
final class LoadBenchmark implements Benchmark {
    private static final int HOSTS = 1_000;
    private static final Duration SETTLE = Duration.ofSeconds(20);
    private static final Duration WATCH = Duration.ofSeconds(60);
    private static final Duration SCRAPE = Duration.ofSeconds(5);
    private static final Duration PROBE = Duration.ofMillis(200);
    private static final double TARGET_MILLIS = 100;
    private static final Pattern LAG =
            Pattern.compile("(?m)^caretaker_collector_lag_records(?:\\{[^}]*})? ([0-9.E+]+)$");

    @Override
    public String name() {
        return "load";
    }

    @Override
    public String method() {
        return HOSTS + " simulated hosts x " + Fleet.GPUS + " GPUs at 1 Hz for " + WATCH.toSeconds()
                + " s, broker, agent and"
                + " collector on this machine's cores, a whole scrape every " + SCRAPE.toSeconds()
                + " s; delay: a record of one"
                + " more host each " + PROBE.toMillis()
                + " ms, from its acknowledgement to its value in /metrics of that host";
    }

    @Override
    public List<Figure> run(Path root) throws Exception {
        Path dir = Files.createTempDirectory("caretaker-bench");
        int port = FreePort.find();
        try (var broker = EmbeddedBroker.start(dir.resolve("data"), 0);
                var _ = GpuAgent.start(Config.parse(
                        GpuAgentConfig.class,
                        "",
                        "bench",
                        Map.of(),
                        Map.of(
                                "kafka.bootstrap-servers",
                                broker.bootstrapServers(),
                                "http.port",
                                "0",
                                "source",
                                "simulated",
                                "simulated.hosts",
                                Integer.toString(HOSTS))));
                var collector = RunningProgram.start(Processes.java(
                        List.of("--enable-native-access=ALL-UNNAMED", "-Xmx512m", "-XX:+UseSerialGC"),
                        "caretaker.cli.Main",
                        "collector",
                        "--log-level=warn",
                        "--set=kafka.bootstrap-servers=" + broker.bootstrapServers(),
                        "--set=http.port=" + port));
                var http = HttpClient.newHttpClient()) {
            collector.awaitPort(port, Duration.ofSeconds(60));
            LockSupport.parkNanos(SETTLE.toNanos());
            return watch(
                    http,
                    "http://127.0.0.1:" + port,
                    broker.bootstrapServers(),
                    collector.process().pid());
        }
    }

    private static List<Figure> watch(HttpClient http, String url, String bootstrap, long pid) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "linger.ms", 0);
        List<Double> delays = new ArrayList<>();
        List<Double> lags = new ArrayList<>();
        double cpu = Processes.cpuSeconds(pid);
        long begin = System.nanoTime();
        long nextScrape = begin;
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int round = 0; System.nanoTime() - begin < WATCH.toNanos(); round++) {
                if (System.nanoTime() >= nextScrape) {
                    lags.add(lag(get(http, url + "/metrics")));
                    nextScrape += SCRAPE.toNanos();
                }
                delays.add(probe(http, url, producer, round));
                LockSupport.parkNanos(PROBE.toNanos());
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        cpu = (Processes.cpuSeconds(pid) - cpu) / seconds * 100;
        Collections.sort(delays);
        double first = lags.stream()
                .limit(lags.size() / 2)
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
        double second = lags.stream()
                .skip(lags.size() / 2)
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
        return List.of(
                Figure.atMost(
                        "delay from publish to /metrics, p99 in ms",
                        delays.get((int) (delays.size() * 0.99)),
                        TARGET_MILLIS,
                        "median " + Figure.number(delays.get(delays.size() / 2)) + " ms of " + delays.size()),
                Figure.atMost(
                        "growth of the lag from the first half to the second, records",
                        second - first,
                        HOSTS,
                        Figure.number(first) + " to " + Figure.number(second) + " records, one second is " + HOSTS),
                Figure.atMost(
                        "collector's CPU, percent of a core",
                        cpu,
                        100,
                        Figure.number(Processes.residentMebibytes(pid, false)) + " MiB resident"));
    }

    /** Milliseconds until a new value of the probe host is shown. */
    private static double probe(HttpClient http, String url, KafkaProducer<byte[], byte[]> producer, int round)
            throws Exception {
        byte[] key = "probe".getBytes(UTF_8);
        byte[] value = new Probe(round).record();
        producer.send(new ProducerRecord<>(Topic.READINGS.fullName(), key, value))
                .get();
        long sent = System.nanoTime();
        String shown = "} " + Probe.value(round) + "\n";
        while (!get(http, url + "/metrics?instance=probe").contains(shown)) {
            if (System.nanoTime() - sent > Duration.ofSeconds(10).toNanos()) {
                throw new IOException("a reading was not shown within 10 s");
            }
        }
        return (System.nanoTime() - sent) / 1e6;
    }

    private static double lag(String metrics) {
        Matcher lag = LAG.matcher(metrics);
        if (!lag.find()) {
            throw new IllegalStateException("/metrics says nothing of the lag");
        }
        return Double.parseDouble(lag.group(1));
    }

    private static String get(HttpClient http, String url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .body();
    }
}
