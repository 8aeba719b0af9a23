package caretaker.cli;

import caretaker.chassis.Logs;
import caretaker.recovery.RecoveryServiceConfig;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Everything on one machine: an embedded Kafka and every service, in one process. */
@Command(
        name = "run",
        description = "Run everything on this machine in one process, with an embedded Kafka.",
        footer = {
            "",
            "Examples:",
            "  caretaker run                       this machine's GPUs, data in ./caretaker-data",
            "  caretaker run --simulate 8          eight simulated GPUs",
            "  caretaker run --only gpu-agent      the agent and Kafka, without a collector",
            "  caretaker run --set gpu-agent.intervals.fast=5s"
        })
final class RunCommand implements Callable<Integer> {
    /** The default: whoever names another file means it to be there. */
    private static final Path NO_FILE_OF_ITS_OWN = Path.of("alertmanager.yml");

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "Settings; without it, all defaults.")
    private @Nullable Path config;

    @Option(names = "--simulate", paramLabel = "N", description = "N simulated GPUs in place of the driver's.")
    private @Nullable Integer simulate;

    @Option(
            names = "--only",
            paramLabel = "SERVICE",
            arity = "1..*",
            split = ",",
            converter = Service.Converter.class,
            description = "Only these services: gpu-agent, collector, alert-router, recovery-service.")
    private List<Service> only = List.of();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where Kafka keeps its log (default: ./caretaker-data).")
    private @Nullable Path data;

    @Option(names = "--for", paramLabel = "TIME", description = "End after this time: 60s, 5m.")
    private @Nullable Duration limit;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One setting; wins over the file.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Override
    public Integer call() {
        Map<String, String> settings = new LinkedHashMap<>(set);
        if (simulate != null) {
            settings.put("gpu-agent.source", "simulated");
            settings.put("gpu-agent.simulated.gpus", simulate.toString());
        }
        if (data != null) {
            settings.put("data", data.toString());
        }
        var read = Environment.settings(config, settings);
        RunConfig asked = read.apply(Map.of());
        Logs.configure(asked.log());
        PrintWriter out = spec().commandLine().getOut();
        var services = only.isEmpty() ? all(asked, out) : EnumSet.copyOf(only);
        long begun = System.nanoTime();
        var environment = Environment.start(read, services, out);
        ready(environment, begun, out);
        Foreground.run(environment, environment.failed(), limit);
        return Exit.OK;
    }

    /** Every service; alerts are routed only where it is said to whom. */
    private static EnumSet<Service> all(RunConfig asked, PrintWriter out) {
        EnumSet<Service> services = EnumSet.allOf(Service.class);
        Path file = asked.alertRouter().alerting().configFile();
        if (file.equals(NO_FILE_OF_ITS_OWN) && !Files.exists(file)) {
            services.remove(Service.ALERT_ROUTER);
            out.printf(
                    "  %-16s  not started: there is no %s here; it says who is told of what, as Alertmanager's does%n",
                    Service.ALERT_ROUTER.word(), file);
        }
        return withEngine(services, asked.recoveryService(), out);
    }

    /** Without the recovery service where there is nothing to repair. */
    static EnumSet<Service> withEngine(EnumSet<Service> services, RecoveryServiceConfig asked, PrintWriter out) {
        if (services.contains(Service.RECOVERY_SERVICE) && !asked.mayHaveAnEngine()) {
            services.remove(Service.RECOVERY_SERVICE);
            out.printf(
                    "  %-16s  not started: there is no Docker engine at %s%n",
                    Service.RECOVERY_SERVICE.word(), asked.docker().host());
        }
        return services;
    }

    /** Waits for readiness and says so; a failure closes what was started. */
    static void ready(Environment environment, long begun, PrintWriter out) {
        try {
            environment.awaitReady();
        } catch (RuntimeException e) {
            environment.close();
            throw e;
        }
        out.printf("ready in %.1f s: %s%n", (System.nanoTime() - begun) / 1e9, environment.urls());
        out.flush();
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("used without picocli");
        }
        return spec;
    }
}
