package caretaker.alerts;

import caretaker.chassis.Logs;
import caretaker.chassis.config.ConfigException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import org.slf4j.LoggerFactory;

/** The process: reads its settings, starts the alert router, reloads and stops it on signals. */
public final class AlertRouterMain {
    private static final int EXIT_USAGE = 2;
    private static final int EXIT_BAD_CONFIG = 64;

    private AlertRouterMain() {}

    public static void main(String[] args) {
        AlertRouter router;
        try {
            AlertRouterConfig config = config(args);
            Logs.configure(config.log());
            router = AlertRouter.start(config);
        } catch (ConfigException e) {
            exit(String.valueOf(e.getMessage()), EXIT_BAD_CONFIG);
            return;
        } catch (IllegalArgumentException e) {
            exit(String.valueOf(e.getMessage()), EXIT_USAGE);
            return;
        }
        var log = LoggerFactory.getLogger(AlertRouterMain.class);
        HangUp.does(router::reload);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(router::close));
        log.atInfo().addKeyValue("port", router.port()).log("alert router serves Alertmanager's API");
        try {
            router.ended().join();
        } catch (CompletionException e) {
            log.atError().setCause(e.getCause()).log("the router has failed, the process ends");
        }
        System.exit(1); // the supervisor starts a new process
    }

    private static AlertRouterConfig config(String[] args) {
        if (args.length == 2 && args[0].equals("--config")) {
            return AlertRouterConfig.load(Path.of(args[1]), System.getenv());
        }
        throw new IllegalArgumentException("usage: alert-router --config FILE");
    }

    private static void exit(String message, int code) {
        System.err.println(message);
        System.exit(code);
    }
}
