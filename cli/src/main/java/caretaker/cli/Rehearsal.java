package caretaker.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Gives {@code caretaker alertmanager} half a minute of work while its JVM writes down what it loads and what is hot
 * there, so that the first minute of a real one is not spent on finding out (JEP 514, 515). Part of the build, and no
 * command.
 */
final class Rehearsal {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration EVERY = Duration.ofMillis(100);
    private static final Pattern LISTENS = Pattern.compile("msg=listening .*?port=(\\d+)");
    private static final int CONNECTIONS = 4;
    private static final int SINGLE = 1_500;
    private static final int DISTINCT = 10_000;
    private static final int NAMES = 100;

    /** How much is posted at a time, as Prometheus does and as a storm comes. */
    private enum Work {
        BATCHES(64, 400),
        SINGLES(1, 6_000),
        STORMS(500, 100);

        private final int alerts;
        private final int requests;

        Work(int alerts, int requests) {
            this.alerts = alerts;
            this.requests = requests;
        }
    }

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI router;

    private Rehearsal(int port) {
        router = URI.create("http://127.0.0.1:" + port);
    }

    /**
     * Starts it, works it, ends it.
     *
     * @param args the command line that starts {@code caretaker alertmanager}, without its flags
     */
    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("caretaker-rehearsal");
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        receiver.start();
        Path config = Files.writeString(folder.resolve("alertmanager.yml"), """
                route:
                  receiver: nobody
                  group_by: [alertname]
                  group_wait: 1h
                  routes: [{receiver: hook, matchers: ['paged="yes"'], group_by: ['...'], group_wait: 0s}]
                receivers: [{name: nobody}, {name: hook, webhook_configs: [{url: 'http://127.0.0.1:%d/'}]}]
                """.formatted(
                        receiver.getAddress().getPort()));
        Path log = folder.resolve("log");
        List<String> command = new ArrayList<>(List.of(args));
        command.addAll(List.of("--config.file=" + config, "--storage.path=" + folder.resolve("data")));
        command.add("--web.listen-address=127.0.0.1:0");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            new Rehearsal(port(process, log)).perform();
        } finally {
            process.destroy(); // then it writes the cache, which takes seconds
            if (!process.waitFor(LIMIT.multipliedBy(10).toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            receiver.stop(0);
            delete(folder);
        }
    }

    private static int port(Process process, Path log) throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            Matcher listens = LISTENS.matcher(Files.readString(log));
            if (listens.find()) {
                return Integer.parseInt(listens.group(1));
            }
            Thread.sleep(EVERY);
        }
        throw new IOException("it does not start: " + Files.readString(log));
    }

    private void perform() throws IOException, InterruptedException, ExecutionException {
        for (int number = 0; number < SINGLE; number++) {
            post(alert(number, "yes"));
        }
        try (var threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            for (Work work : Work.values()) {
                List<Callable<Void>> posts = IntStream.range(0, work.requests)
                        .mapToObj(number -> post(work, number))
                        .toList();
                for (Future<Void> done : threads.invokeAll(posts)) {
                    done.get();
                }
            }
        }
        for (String path :
                List.of("/api/v2/alerts", "/api/v2/alerts/groups", "/api/v2/status", "/metrics", "/-/ready")) {
            send(HttpRequest.newBuilder(router.resolve(path)));
        }
    }

    private Callable<Void> post(Work work, int number) {
        return () -> {
            int first = number * work.alerts;
            post(IntStream.range(first, first + work.alerts)
                    .mapToObj(each -> alert(each % DISTINCT, "no"))
                    .collect(Collectors.joining(",")));
            return null;
        };
    }

    private static String alert(int number, String paged) {
        return """
                {"labels":{"alertname":"Rehearsal%d","instance":"host-%d:9100","job":"node","paged":"%s"},
                "annotations":{"summary":"one of %d"},"generatorURL":"http://prometheus.invalid/graph?g0.expr=up"}""".formatted(number % NAMES, number, paged, DISTINCT);
    }

    private void post(String alerts) throws IOException, InterruptedException {
        send(HttpRequest.newBuilder(router.resolve("/api/v2/alerts"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString('[' + alerts + ']')));
    }

    private void send(HttpRequest.Builder request) throws IOException, InterruptedException {
        var answer = client.send(request.timeout(LIMIT).build(), BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("it answered " + answer.statusCode() + ": " + answer.body());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
