package caretaker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.alerts.AlertRouter;
import caretaker.alerts.AlertRouterConfig;
import caretaker.alerts.HangUp;
import caretaker.alerts.config.AlertmanagerConfig;
import caretaker.broker.EmbeddedBroker;
import caretaker.chassis.Closer;
import caretaker.chassis.Logs;
import caretaker.chassis.config.Config;
import caretaker.cli.dropin.BadFlag;
import caretaker.cli.dropin.DropIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * The alert router in Alertmanager's place: its flags, its exit codes (0 after SIGTERM, 1 for every failure), its
 * signals, and the bus in its folder.
 */
@Command(
        name = "alertmanager",
        description = "Run in Alertmanager's place, with its flags: the alert router and its Kafka in one process.")
final class AlertmanagerCommand implements Callable<Integer> {
    private static final Logger LOGGER = LoggerFactory.getLogger(AlertmanagerCommand.class);

    /** Short: after a kill, too, it must be up within four seconds. */
    private static final Duration SESSION = Duration.ofMillis(1_500);

    /** Alertmanager's own snapshot of its silences. */
    private static final String THEIR_SILENCES = "silences";

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        return run(arguments);
    }

    /** As {@link #call}, without a parser in between: these flags are not ours to read. */
    static int run(List<String> arguments) {
        try {
            return switch (DropIn.parse(arguments, hostName())) {
                case DropIn.Request.Help(var text) -> {
                    System.out.print(text);
                    yield Exit.OK;
                }
                case DropIn.Request.Version() -> {
                    System.out.println("alertmanager, version " + Version.text() + " (caretaker)");
                    System.out.println("  java version:     " + Runtime.version());
                    yield Exit.OK;
                }
                case DropIn.Request.Run(var dropIn) -> {
                    Logs.configure(dropIn.log());
                    serve(dropIn);
                    yield Exit.OK;
                }
            };
        } catch (BadFlag e) {
            System.err.println("caretaker alertmanager: error: " + e.getMessage() + ", try --help");
        } catch (RuntimeException e) {
            LOGGER.atError().addKeyValue("reason", Failures.message(e)).log("not started");
            if (Failures.isBug(e)) {
                LOGGER.atError().setCause(e).log("this is a bug of ours");
            }
        }
        return Exit.FAILURE;
    }

    private static void serve(DropIn dropIn) {
        LOGGER.atInfo().addKeyValue("version", Version.text()).log("starting in Alertmanager's place");
        var router = new AtomicReference<@Nullable AlertRouter>();
        HangUp.does(() -> {
            AlertRouter running = router.get();
            if (running != null) {
                running.reload();
            }
        });
        dropIn.notes().forEach(note -> LOGGER.atWarn().log(note));
        String password = password();
        AlertRouterConfig file = config(dropIn, "127.0.0.1:0", password);
        // Before anything else: a mistake in the file makes no folder and opens no port.
        var _ = AlertmanagerConfig.load(
                file.alerting().configFile(), file.alerting().matchers());
        sayWhatIsNotTakenOver(dropIn.storage());
        var closer = new Closer();
        try {
            EmbeddedBroker.Reserved bus = EmbeddedBroker.reserve(dropIn.storage(), 0, SESSION, password);
            // Both at once: the router waits for its Kafka anyway.
            var kafka = new CompletableFuture<EmbeddedBroker>();
            Thread.ofPlatform().name("start kafka").start(() -> complete(kafka, bus));
            closer.opened(
                    "kafka",
                    () -> kafka.handle((broker, _) -> broker)
                            .thenAccept(AlertmanagerCommand::close)
                            .join());
            // What somebody waits for goes straight to the log of its Kafka; the rest is an ordinary client.
            var started = closer.opened(
                    "alert router",
                    AlertRouter.start(
                            config(dropIn, bus.bootstrapServers(), password),
                            (topic, records) -> started(kafka).append(topic, records)));
            List<DropIn.Address> addresses = dropIn.listen();
            List<Integer> ports = new ArrayList<>(List.of(started.port()));
            for (DropIn.Address more : addresses.subList(1, addresses.size())) {
                ports.add(started.listenAlso(more.host(), more.port()));
            }
            EmbeddedBroker broker = started(kafka);
            router.set(started);
            for (int i = 0; i < ports.size(); i++) {
                LOGGER.atInfo()
                        .addKeyValue("host", addresses.get(i).host())
                        .addKeyValue("port", ports.get(i))
                        .log("listening");
            }
            Foreground.run(closer, CompletableFuture.anyOf(started.ended(), broker.failed()), null);
        } catch (RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    private static void complete(CompletableFuture<EmbeddedBroker> kafka, EmbeddedBroker.Reserved bus) {
        try {
            kafka.complete(bus.start());
        } catch (Throwable e) {
            kafka.completeExceptionally(e);
        }
    }

    private static EmbeddedBroker started(CompletableFuture<EmbeddedBroker> kafka) {
        try {
            return kafka.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static void close(@Nullable EmbeddedBroker broker) {
        if (broker != null) {
            broker.close();
        }
    }

    /** Of this run: its Kafka is for this process alone, whoever else can reach the port. */
    private static String password() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static AlertRouterConfig config(DropIn dropIn, String bootstrapServers, String password) {
        String kafka = """
                kafka:
                  bootstrap-servers: ["%s"]
                  security: sasl-plaintext
                  sasl: {mechanism: plain, username: %s, password: "%s"}
                """.formatted(bootstrapServers, EmbeddedBroker.USER, password);
        AlertRouterConfig flagged =
                Config.parse(AlertRouterConfig.class, kafka, "command line", Map.of(), dropIn.settings());
        return new AlertRouterConfig(
                flagged.kafka(),
                flagged.http(),
                dropIn.alerting(flagged.alerting(), System.getenv()),
                flagged.builtIn(),
                flagged.topics(),
                flagged.log());
    }

    private static void sayWhatIsNotTakenOver(Path storage) {
        if (Files.exists(storage.resolve(THEIR_SILENCES)) && !Files.exists(storage.resolve("kafka"))) {
            LOGGER.atWarn()
                    .addKeyValue("file", storage.resolve(THEIR_SILENCES))
                    .log("Alertmanager's silences are not taken over; `amtool silence query -o json` of the old one and"
                            + " `amtool silence import` here do");
        }
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"), UTF_8).strip();
        } catch (IOException e) {
            return "localhost";
        }
    }
}
