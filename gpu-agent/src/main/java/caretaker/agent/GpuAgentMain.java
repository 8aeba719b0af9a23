package caretaker.agent;

import caretaker.chassis.DataDirectory;
import caretaker.chassis.HttpEndpoint;
import caretaker.chassis.config.ConfigException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import org.slf4j.LoggerFactory;

/** The process: reads its settings, starts the agent, stops it on a signal. */
public final class GpuAgentMain {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;
    private static final int EXIT_LOCKED = 7;
    private static final int EXIT_BAD_CONFIG = 64;

    private GpuAgentMain() {}

    public static void main(String[] args) {
        GpuAgent agent;
        try {
            agent = GpuAgent.start(config(args));
        } catch (ConfigException e) {
            exit(e, EXIT_BAD_CONFIG);
            return;
        } catch (NoDriverException e) {
            exit(e, NoDriverException.EXIT_CODE);
            return;
        } catch (DataDirectory.Unusable e) {
            exit(e, e.isTaken() ? EXIT_LOCKED : EXIT_BAD_CONFIG);
            return;
        } catch (HttpEndpoint.Unavailable e) {
            exit(e, EXIT_FAILED);
            return;
        } catch (IllegalArgumentException e) {
            exit(e, EXIT_USAGE);
            return;
        }
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(agent::close));
        try {
            agent.ended().join();
        } catch (CompletionException e) {
            LoggerFactory.getLogger(GpuAgentMain.class)
                    .atError()
                    .setCause(e.getCause())
                    .log("polling has failed, the process ends");
        }
        System.exit(EXIT_FAILED); // a poll thread that ends by itself has failed; the supervisor starts a new process
    }

    private static GpuAgentConfig config(String[] args) {
        if (args.length == 0) {
            return GpuAgentConfig.defaults();
        }
        if (args.length == 2 && args[0].equals("--config")) {
            return GpuAgentConfig.load(Path.of(args[1]), System.getenv());
        }
        throw new IllegalArgumentException("usage: gpu-agent [--config FILE]");
    }

    private static void exit(RuntimeException reason, int code) {
        System.err.println(reason.getMessage());
        System.exit(code);
    }
}
