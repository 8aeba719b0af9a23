package caretaker.recovery;

import caretaker.chassis.Logs;
import caretaker.chassis.ServiceMain;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The process of a recovery service. */
public final class RecoveryServiceMain {
    private RecoveryServiceMain() {}

    public static void main(String[] args) {
        ServiceMain.run("recovery-service", args, RecoveryServiceMain::settings, RecoveryServiceMain::start);
    }

    private static RecoveryServiceConfig settings(@Nullable Path file) {
        Map<String, String> environment = System.getenv();
        return file == null
                ? caretaker.chassis.config.Config.parse(RecoveryServiceConfig.class, "", "defaults", environment)
                : RecoveryServiceConfig.load(file, environment);
    }

    private static ServiceMain.Running start(RecoveryServiceConfig config) {
        Logs.configure(config.log());
        var service = RecoveryService.start(config);
        LoggerFactory.getLogger(RecoveryServiceMain.class)
                .atInfo()
                .addKeyValue("port", service.port())
                .log("recovery service serves people and Prometheus");
        return new ServiceMain.Running(service, service.ended());
    }
}
