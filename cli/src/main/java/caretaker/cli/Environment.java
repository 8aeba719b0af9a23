package caretaker.cli;

import caretaker.agent.GpuAgent;
import caretaker.alerts.AlertRouter;
import caretaker.alerts.HangUp;
import caretaker.broker.EmbeddedBroker;
import caretaker.chassis.Closer;
import caretaker.chassis.config.Config;
import caretaker.collector.Collector;
import caretaker.recovery.RecoveryService;
import caretaker.recovery.RecoveryServiceConfig;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A Kafka and services in this process: what {@code run} and {@code demo} start. */
final class Environment implements AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);
    private static final Duration READY_ASK = Duration.ofMillis(50);

    private final Closer closer = new Closer();
    private final Map<Service, Integer> ports = new LinkedHashMap<>();
    private final CompletableFuture<Service> failed = new CompletableFuture<>();
    private final EmbeddedBroker broker;

    /**
     * Starts them, the broker first.
     *
     * @param settings reads the config; the map has what must win over it
     * @param out progress for the person who waits
     */
    static Environment start(
            Function<Map<String, String>, RunConfig> settings, Set<Service> services, PrintWriter out) {
        RunConfig config = settings.apply(Map.of());
        var broker = EmbeddedBroker.start(config.data(), config.kafkaPort());
        var environment = new Environment(broker);
        try {
            environment.says(out, "kafka", broker.bootstrapServers() + "  data in " + absolute(config.data()));
            String servers = broker.bootstrapServers();
            Map<String, String> wins = new HashMap<>();
            wins.put("gpu-agent.kafka.bootstrap-servers", servers);
            wins.put("collector.kafka.bootstrap-servers", servers);
            wins.put("alert-router.kafka.bootstrap-servers", servers);
            wins.put("recovery-service.kafka.bootstrap-servers", servers);
            if (config.gpuAgent().dataDir() == null) {
                wins.put(
                        "gpu-agent.data-dir", config.data().resolve("gpu-agent").toString());
            }
            if (config.recoveryService().dataDir().equals(RecoveryServiceConfig.DATA_DIR)) {
                wins.put(
                        "recovery-service.data-dir",
                        config.data().resolve(Service.RECOVERY_SERVICE.word()).toString());
            }
            environment.start(settings.apply(wins), services, out);
            return environment;
        } catch (RuntimeException e) {
            environment.close();
            throw e;
        }
    }

    private Environment(EmbeddedBroker broker) {
        this.broker = closer.opened("kafka", broker);
        var _ = broker.failed().thenAccept(failed::completeExceptionally);
    }

    private void start(RunConfig config, Set<Service> services, PrintWriter out) {
        for (Service service : Service.values()) {
            if (services.contains(service)) {
                int port = start(service, config);
                ports.put(service, port);
                says(out, service.word(), url(port));
            }
        }
    }

    private int start(Service service, RunConfig config) {
        return switch (service) {
            case GPU_AGENT -> {
                var agent = closer.opened("gpu-agent", GpuAgent.start(config.gpuAgent()));
                var _ = agent.ended().whenComplete((_, _) -> failed.complete(service));
                yield agent.port();
            }
            case COLLECTOR -> {
                var collector = closer.opened("collector", Collector.start(config.collector()));
                var _ = collector.ended().whenComplete((_, _) -> failed.complete(service));
                yield collector.port();
            }
            case ALERT_ROUTER -> {
                var router = closer.opened("alert-router", AlertRouter.start(config.alertRouter()));
                HangUp.does(router::reload);
                var _ = router.ended().whenComplete((_, _) -> failed.complete(service));
                yield router.port();
            }
            case RECOVERY_SERVICE -> {
                var recovery = closer.opened("recovery-service", RecoveryService.start(config.recoveryService()));
                var _ = recovery.ended().whenComplete((_, _) -> failed.complete(service));
                yield recovery.port();
            }
        };
    }

    /** Completes when a service, or Kafka, has ended by itself. */
    CompletableFuture<Service> failed() {
        return failed;
    }

    private void says(PrintWriter out, String part, String where) {
        out.printf("  %-16s  %s%n", part, where);
        out.flush();
    }

    /** Waits until every service says that it is ready; the reasons of those that do not become the failure. */
    void awaitReady() {
        long limit = System.nanoTime() + READY_LIMIT.toNanos();
        try (var http = HttpClient.newHttpClient()) {
            for (Map.Entry<Service, Integer> service : ports.entrySet()) {
                @Nullable String reason = notReady(http, service.getValue());
                while (reason != null) {
                    if (System.nanoTime() > limit) {
                        throw new CommandFailure(Exit.FAILURE, service.getKey().word() + " is not ready: " + reason);
                    }
                    LockSupport.parkNanos(READY_ASK.toNanos());
                    reason = notReady(http, service.getValue());
                }
            }
        }
    }

    private static @Nullable String notReady(HttpClient http, int port) {
        var request = HttpRequest.newBuilder(URI.create(url(port) + "/-/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            var response = http.send(request, BodyHandlers.ofString());
            return response.statusCode() == 200 ? null : response.body().strip();
        } catch (java.io.IOException e) {
            return String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(Exit.FAILURE, "interrupted");
        }
    }

    /** What a person, a Prometheus or a consumer can connect to, on one line. */
    String urls() {
        var line = new StringBuilder();
        Integer collector = ports.get(Service.COLLECTOR);
        if (collector != null) {
            line.append("metrics ").append(url(collector)).append("/metrics  ");
        }
        Integer agent = ports.get(Service.GPU_AGENT);
        if (agent != null) {
            line.append("agent ").append(url(agent)).append("/metrics  ");
        }
        Integer router = ports.get(Service.ALERT_ROUTER);
        if (router != null) {
            line.append("alerts ").append(url(router)).append("  ");
        }
        Integer recovery = ports.get(Service.RECOVERY_SERVICE);
        if (recovery != null) {
            line.append("recovery ").append(url(recovery)).append("  ");
        }
        return line.append("kafka ").append(broker.bootstrapServers()).toString();
    }

    /** Where a service listens; null if it was not started. */
    @Nullable URI uri(Service service) {
        Integer port = ports.get(service);
        return port == null ? null : URI.create(url(port));
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    /** The settings of a file, or the defaults, with what the command line says. */
    static Function<Map<String, String>, RunConfig> settings(@Nullable Path file, Map<String, String> commandLine) {
        return required -> {
            Map<String, String> overrides = new LinkedHashMap<>(commandLine);
            overrides.putAll(required);
            return file == null
                    ? Config.parse(RunConfig.class, "", "command line", System.getenv(), overrides)
                    : Config.load(RunConfig.class, file, System.getenv(), overrides);
        };
    }

    @Override
    public void close() {
        closer.close();
    }
}
