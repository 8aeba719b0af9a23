package caretaker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.chassis.config.Names;
import caretaker.cli.fleet.FleetView;
import caretaker.cli.fleet.HostView;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Entity;
import caretaker.contracts.HealthEventCodec;
import caretaker.contracts.Readings;
import caretaker.contracts.Topic;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts a made-up event on the bus, marked as a drill. */
@Command(
        name = "inject",
        description = "Put a made-up health event on the bus, marked as a drill, to practise or to test what reads it.",
        footer = {
            "",
            "A drill neither raises nor clears a real condition. End one with --state cleared.",
            "",
            "Examples:",
            "  caretaker events inject gpu.xid --host node-1 --gpu 3 --state occurred --code 79 --yes",
            "  caretaker events inject container.exited --host node-1 --container grafana"
        })
final class EventsInjectCommand implements Callable<Integer> {
    private static final Duration LOOKBACK = Duration.ofMinutes(2);

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private BusOptions bus = new BusOptions();

    @Parameters(paramLabel = "CONDITION", description = "As in docs/health.md: gpu.xid, container.exited, ...")
    private String condition = "";

    @Option(names = "--host", required = true, paramLabel = "NAME", description = "The host it is about.")
    private String host = "";

    @Option(names = "--gpu", paramLabel = "INDEX", description = "The GPU it is about.")
    private @Nullable Integer gpu;

    @Option(names = "--container", paramLabel = "NAME", description = "The container it is about, by name or id.")
    private @Nullable String container;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            defaultValue = "raised",
            description = "raised, cleared or occurred (default: ${DEFAULT-VALUE}).")
    private HealthEvent.State state = HealthEvent.State.RAISED;

    @Option(names = "--code", paramLabel = "CODE", defaultValue = "", description = "An XID, an exit code.")
    private String code = "";

    @Option(names = "--message", paramLabel = "TEXT", defaultValue = "drill", description = "One sentence.")
    private String message = "drill";

    @Option(names = "--yes", description = "Do it without asking.")
    private boolean yes;

    private final InstantSource clock = InstantSource.system();

    @Override
    public Integer call() {
        HealthEvent event = event();
        PrintWriter out = spec().commandLine().getOut();
        String what = event.condition().wire() + " " + word(state) + " of "
                + event.entity().name() + " on " + host;
        if (!yes && !confirmed(what)) {
            throw new CommandFailure(
                    Exit.REFUSED, "not injected: " + what + "; what reads the bus will act on it, say so with --yes");
        }
        send(event);
        out.println("injected as a drill: " + what + "  (id " + event.id() + ")");
        out.flush();
        return Exit.OK;
    }

    private static boolean confirmed(String what) {
        return Terminal.console()
                .map(console ->
                        console.readLine("Inject as a drill: %s? What reads the bus will act on it. [y/N] ", what))
                .filter(answer -> answer.strip().equalsIgnoreCase("y"))
                .isPresent();
    }

    private HealthEvent event() {
        Condition known = Condition.ofWire(condition);
        if (known == null) {
            throw new CommandFailure(Exit.USAGE, "no condition '" + condition + "'; " + hint(condition));
        }
        if (gpu != null && container != null) {
            throw new CommandFailure(Exit.USAGE, "--gpu and --container exclude each other; an event is about one");
        }
        KnownContainer of = container == null ? null : KnownContainer.find(bus, clock, host, container);
        Map<String, String> evidence = new HashMap<>(of == null ? Map.of() : of.evidence());
        evidence.put("injectedBy", "caretaker events inject");
        boolean over = state == HealthEvent.State.CLEARED;
        byte[] id = new byte[4];
        new SecureRandom().nextBytes(id);
        return new HealthEvent(
                host,
                "drill-" + HexFormat.of().formatHex(id),
                1,
                clock.instant(),
                known,
                state,
                over ? HealthEvent.Severity.INFO : known.severity(),
                of == null ? entity(view()) : of.entity(),
                code,
                message,
                over ? HealthEvent.Action.NONE : known.action(),
                evidence,
                true);
    }

    /** The nearest conditions, and those of the same kind. */
    private static String hint(String wrong) {
        String kind = wrong.contains(".") ? wrong.substring(0, wrong.indexOf('.') + 1) : wrong;
        String near = Arrays.stream(Condition.values())
                .map(Condition::wire)
                .filter(wire -> wire.startsWith(kind) || Names.distance(wrong, wire) <= 3)
                .sorted(Comparator.comparingInt((String wire) -> Names.distance(wrong, wire)))
                .limit(3)
                .collect(Collectors.joining(", "));
        return near.isEmpty() ? "docs/health.md lists them" : "did you mean " + near + "? docs/health.md lists all";
    }

    private HostView view() {
        try (var reader = new BusReader(bus, clock)) {
            if (reader.begin(Map.of(Topic.READINGS.fullName(), LOOKBACK)) == 0) {
                throw new CommandFailure(
                        Exit.NOT_FOUND,
                        "no topic of Caretaker at " + bus.kafka().bootstrap() + "; is an agent running?");
            }
            var view = new FleetView();
            reader.readToEnd(null, record -> view.readings(record.value(), Instant.ofEpochMilli(record.timestamp())));
            return view.hosts().stream()
                    .filter(each -> each.host().equals(host))
                    .findFirst()
                    .orElseThrow(() -> new CommandFailure(
                            Exit.NOT_FOUND,
                            "no readings of host " + host + " lately; there are: "
                                    + view.hosts().stream()
                                            .map(HostView::host)
                                            .limit(20)
                                            .collect(Collectors.joining(", "))));
        }
    }

    private Entity entity(HostView view) {
        if (gpu == null) {
            return new Entity(Entity.Kind.HOST, host, host);
        }
        Readings readings = view.readings();
        for (GpuReading reading : readings == null ? java.util.List.<GpuReading>of() : readings.gpus()) {
            if (reading.index() == gpu) {
                return new Entity(Entity.Kind.GPU, reading.uuid(), "GPU " + gpu);
            }
        }
        throw new CommandFailure(
                Exit.NOT_FOUND,
                "host " + host + " has no GPU " + gpu + "; see 'caretaker gpu status --host " + host + "'");
    }

    private void send(HealthEvent event) {
        Map<String, Object> settings = bus.kafka().settings();
        settings.put("acks", "all");
        settings.put("max.block.ms", (int) bus.timeout().toMillis());
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topic.HEALTH.fullName(), host.getBytes(UTF_8), new HealthEventCodec().encode(event)))
                    .get(bus.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            throw new CommandFailure(
                    Exit.UNREACHABLE,
                    "Kafka at " + bus.kafka().bootstrap() + " did not take the event: " + cause.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(Exit.FAILURE, "interrupted");
        }
    }

    private static String word(HealthEvent.State state) {
        return state.name().toLowerCase(java.util.Locale.ROOT);
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("used without picocli");
        }
        return spec;
    }
}
