package caretaker.collector;

import caretaker.chassis.Logs;
import caretaker.chassis.config.ConfigException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import org.slf4j.LoggerFactory;

/** The process: reads its settings, starts the collector, stops it on a signal. */
public final class CollectorMain {
    private static final int EXIT_USAGE = 2;
    private static final int EXIT_BAD_CONFIG = 64;

    private CollectorMain() {}

    public static void main(String[] args) {
        Collector collector;
        try {
            CollectorConfig config = config(args);
            Logs.configure(config.log());
            collector = Collector.start(config);
        } catch (ConfigException e) {
            exit(String.valueOf(e.getMessage()), EXIT_BAD_CONFIG);
            return;
        } catch (IllegalArgumentException e) {
            exit(String.valueOf(e.getMessage()), EXIT_USAGE);
            return;
        }
        var log = LoggerFactory.getLogger(CollectorMain.class);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(collector::close));
        log.atInfo().addKeyValue("port", collector.port()).log("collector serves /metrics");
        try {
            collector.ended().join();
        } catch (CompletionException e) {
            log.atError().setCause(e.getCause()).log("reading the bus has failed, the process ends");
        }
        System.exit(1); // a loop that ends by itself has failed; the supervisor starts a new process
    }

    private static CollectorConfig config(String[] args) {
        if (args.length == 0) {
            return CollectorConfig.defaults();
        }
        if (args.length == 2 && args[0].equals("--config")) {
            return CollectorConfig.load(Path.of(args[1]), System.getenv());
        }
        throw new IllegalArgumentException("usage: collector [--config FILE]");
    }

    private static void exit(String message, int code) {
        System.err.println(message);
        System.exit(code);
    }
}
