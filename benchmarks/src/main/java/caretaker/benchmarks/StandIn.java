package caretaker.benchmarks;

import caretaker.alerts.AlertRouter;
import caretaker.alerts.AlertRouterConfig;
import caretaker.broker.EmbeddedBroker;
import caretaker.chassis.LogSettings;
import caretaker.chassis.Logs;
import caretaker.chassis.config.Config;
import java.nio.file.Path;
import java.util.Map;

/** Broker and router in one process, with Alertmanager's options. */
public final class StandIn {
    private StandIn() {}

    public static void main(String[] args) {
        Logs.configure(new LogSettings(LogSettings.Level.WARN, LogSettings.Format.LOGFMT));
        String file = "";
        String storage = "";
        String address = "";
        for (String arg : args) {
            String value = arg.substring(arg.indexOf('=') + 1);
            if (arg.startsWith("--config.file=")) {
                file = value;
            } else if (arg.startsWith("--storage.path=")) {
                storage = value;
            } else if (arg.startsWith("--web.listen-address=")) {
                address = value;
            }
        }
        var broker = EmbeddedBroker.start(Path.of(storage), 0);
        var router = AlertRouter.start(Config.parse(
                AlertRouterConfig.class,
                "",
                "t",
                Map.of(),
                Map.of(
                        "kafka.bootstrap-servers",
                        broker.bootstrapServers(),
                        "http.port",
                        address.substring(address.indexOf(':') + 1),
                        "alerting.config-file",
                        file)));
        router.ended().join();
        System.exit(1);
    }
}
