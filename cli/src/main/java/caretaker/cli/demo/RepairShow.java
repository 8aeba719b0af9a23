package caretaker.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The demo's repair, on a thread of its own: a stand-in for Grafana is started, made to crash, and watched. */
public final class RepairShow implements AutoCloseable {
    private static final Duration BEFORE = Duration.ofSeconds(3);
    private static final Duration WELL = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(15);

    private final StandIn grafana;
    private final URI service;
    private final Path folder;
    private final PrintWriter out;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final ObjectMapper json = new ObjectMapper();
    private final Thread thread;

    private RepairShow(StandIn grafana, URI service, Path folder, PrintWriter out) {
        this.grafana = grafana;
        this.service = service;
        this.folder = folder;
        this.out = out;
        this.thread = Thread.ofPlatform().name("repair show").daemon().unstarted(this::run);
    }

    /**
     * Begins a few seconds from now.
     *
     * @param engine where Docker listens
     * @param service where the recovery service does
     * @param project the compose project of what is shown
     */
    public static RepairShow start(URI engine, URI service, String project, Path folder, PrintWriter out) {
        var show = new RepairShow(new StandIn(engine, project), service, folder, out);
        show.thread.start();
        return show;
    }

    private void run() {
        try {
            if (stop.await(BEFORE.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            grafana.start(folder);
            say("the container " + grafana.name() + " stands in for Grafana");
            if (awaits(this::isHealthy) && !stop.await(WELL.toMillis(), TimeUnit.MILLISECONDS)) {
                grafana.crash();
                say("it has crashed; see what happens: caretaker events tail recoveries");
                report();
            }
        } catch (StandIn.Missing | IOException e) {
            say("no repair is shown: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(String text) {
        out.printf("  %-16s  %s%n", "repair", text);
        out.flush();
    }

    private boolean isHealthy() {
        try {
            return grafana.isHealthy();
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether it came true before the end of the demo, or of patience. */
    private boolean awaits(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            if (stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return condition.getAsBoolean();
    }

    private void report() throws InterruptedException {
        JsonNode end = awaits(() -> ended() != null) ? ended() : null;
        if (end != null) {
            Duration took = Duration.between(
                    Instant.parse(end.path("since").asText()),
                    Instant.parse(end.path("last").asText()));
            say("%s: %s, %.1f s after it was told of, the time to be well included"
                    .formatted(end.path("kind").asText(), end.path("message").asText(), took.toMillis() / 1000.0));
            say("its error report: caretaker report " + end.path("id").asText());
        }
    }

    /** The incident, once it has an end. */
    private @Nullable JsonNode ended() {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(service.resolve("/api/v1/incidents?limit=20"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            JsonNode incidents = json.readTree(
                            http.send(request, BodyHandlers.ofString()).body())
                    .path("incidents");
            for (JsonNode each : incidents) {
                String kind = each.path("kind").asText();
                boolean isOver = kind.equals("succeeded") || kind.equals("quarantined");
                if (isOver && each.path("container").path("name").asText().equals(grafana.name())) {
                    return each;
                }
            }
            return null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** Takes everything away again. */
    @Override
    public void close() {
        stop.countDown();
        try {
            thread.join(CLOSE_LIMIT);
            grafana.close();
        } catch (IOException e) {
            say("the container " + grafana.name() + " could not be removed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
