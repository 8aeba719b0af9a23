package caretaker.cli;

import caretaker.agent.GpuAgent;
import caretaker.agent.GpuAgentConfig;
import caretaker.alerts.AlertRouter;
import caretaker.alerts.AlertRouterConfig;
import caretaker.alerts.HangUp;
import caretaker.chassis.LogSettings;
import caretaker.chassis.Logs;
import caretaker.chassis.config.Config;
import caretaker.collector.Collector;
import caretaker.collector.CollectorConfig;
import caretaker.recovery.RecoveryService;
import caretaker.recovery.RecoveryServiceConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One service in this process, against a Kafka of the user's. */
abstract sealed class ServiceCommand<R extends Record> implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "Settings; without it, all defaults.")
    private @Nullable Path config;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One setting; wins over the file.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--print-config", description = "Print the settings in effect, with secrets masked, and end.")
    private boolean print;

    @Option(names = "--log-level", paramLabel = "LEVEL", description = "debug, info, warn, error (default: info).")
    private LogSettings.@Nullable Level level;

    @Option(names = "--log-format", paramLabel = "FORMAT", description = "json or logfmt (default: json).")
    private LogSettings.@Nullable Format format;

    private final Class<R> type;

    private ServiceCommand(Class<R> type) {
        this.type = type;
    }

    abstract Running start(R settings);

    /** A started service, and what completes when it has failed. */
    record Running(AutoCloseable service, CompletableFuture<?> failed) {}

    /** What the settings say of the log; the options win over it. */
    abstract LogSettings log(R settings);

    @Override
    public Integer call() {
        R settings = config == null
                ? Config.parse(type, "", "command line", System.getenv(), set)
                : Config.load(type, config, System.getenv(), set);
        if (print) {
            System.out.print(Config.render(settings));
            return Exit.OK;
        }
        LogSettings log = log(settings);
        Logs.configure(new LogSettings(level == null ? log.level() : level, format == null ? log.format() : format));
        Running running = start(settings);
        Foreground.run(running.service(), running.failed(), null);
        return Exit.OK;
    }

    @Command(
            name = "gpu-agent",
            description =
                    "Run the agent of one GPU host: reads the GPUs, publishes readings and health events to Kafka.")
    static final class Agent extends ServiceCommand<GpuAgentConfig> {
        Agent() {
            super(GpuAgentConfig.class);
        }

        @Override
        Running start(GpuAgentConfig settings) {
            var agent = GpuAgent.start(settings);
            return new Running(agent, agent.ended());
        }

        @Override
        LogSettings log(GpuAgentConfig settings) {
            return new LogSettings(LogSettings.Level.INFO, LogSettings.Format.JSON);
        }
    }

    @Command(
            name = "collector",
            description = "Run a collector: shows the newest readings of every host to Prometheus at /metrics.")
    static final class OfReadings extends ServiceCommand<CollectorConfig> {
        OfReadings() {
            super(CollectorConfig.class);
        }

        @Override
        Running start(CollectorConfig settings) {
            var collector = Collector.start(settings);
            return new Running(collector, collector.ended());
        }

        @Override
        LogSettings log(CollectorConfig settings) {
            return settings.log();
        }
    }

    @Command(
            name = "recovery-service",
            description =
                    "Run the recovery service of one Docker engine: repairs containers that say that they want it.")
    static final class OfRecoveries extends ServiceCommand<RecoveryServiceConfig> {
        OfRecoveries() {
            super(RecoveryServiceConfig.class);
        }

        @Override
        Running start(RecoveryServiceConfig settings) {
            var recovery = RecoveryService.start(settings);
            return new Running(recovery, recovery.ended());
        }

        @Override
        LogSettings log(RecoveryServiceConfig settings) {
            return settings.log();
        }
    }

    @Command(
            name = "alert-router",
            description = "Run an alert router: takes alerts as Alertmanager does, with its configuration file.")
    static final class OfAlerts extends ServiceCommand<AlertRouterConfig> {
        OfAlerts() {
            super(AlertRouterConfig.class);
        }

        @Override
        Running start(AlertRouterConfig settings) {
            var router = AlertRouter.start(settings);
            HangUp.does(router::reload);
            return new Running(router, router.ended());
        }

        @Override
        LogSettings log(AlertRouterConfig settings) {
            return settings.log();
        }
    }
}
