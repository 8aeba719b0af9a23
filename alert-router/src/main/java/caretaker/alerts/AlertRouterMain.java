package caretaker.alerts;

import caretaker.chassis.Logs;
import caretaker.chassis.ServiceMain;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The process of an alert router, which reads its file anew at SIGHUP. */
public final class AlertRouterMain {
    private AlertRouterMain() {}

    public static void main(String[] args) {
        ServiceMain.run("alert-router", args, AlertRouterMain::settings, AlertRouterMain::start);
    }

    private static AlertRouterConfig settings(@Nullable Path file) {
        if (file == null) {
            throw new IllegalArgumentException("usage: alert-router --config FILE");
        }
        return AlertRouterConfig.load(file, System.getenv());
    }

    private static ServiceMain.Running start(AlertRouterConfig config) {
        Logs.configure(config.log());
        var router = AlertRouter.start(config);
        HangUp.does(router::reload);
        LoggerFactory.getLogger(AlertRouterMain.class)
                .atInfo()
                .addKeyValue("port", router.port())
                .log("alert router serves Alertmanager's API");
        return new ServiceMain.Running(router, router.ended());
    }
}
