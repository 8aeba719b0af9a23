package caretaker.cli;

import caretaker.cli.fleet.FleetView;
import caretaker.contracts.Topic;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that shows what the bus says of the hosts. With {@code --json} a failure is a document too. */
abstract sealed class FleetCommand implements Callable<Integer>
        permits GpuStatusCommand, GpuCheckCommand, GpuThrottleCommand {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private BusOptions bus = new BusOptions();

    @Option(names = "--host", paramLabel = "NAME", description = "Only this host.")
    private @Nullable String host;

    @Option(names = "--json", description = "One JSON document a line; its fields are described in docs/cli.md.")
    private boolean json;

    private final InstantSource clock = InstantSource.system();
    private Instant asOf = Instant.EPOCH;

    @Override
    public final Integer call() {
        try (var reader = new BusReader(bus, clock)) {
            return run(reader);
        } catch (CommandFailure e) {
            if (json) {
                out().println(Json.failure(e));
                out().flush();
            }
            throw e;
        }
    }

    abstract int run(BusReader reader);

    /** Reads the newest readings of every host, and all that is raised. */
    final FleetView view(BusReader reader, Duration lookback) {
        Map<String, @Nullable Duration> ages = new HashMap<>();
        ages.put(Topic.READINGS.fullName(), lookback);
        ages.put(Topic.HEALTH.fullName(), null);
        ages.put(Topic.INVENTORY.fullName(), null);
        if (reader.begin(ages) == 0) {
            throw noTopics();
        }
        var view = new FleetView();
        if (host != null) {
            view.expect(host);
        }
        asOf = reader.readToEnd(host, record -> take(view, record));
        if (host != null
                && view.hosts().stream()
                        .allMatch(each ->
                                each.readings() == null && each.conditions().isEmpty())) {
            throw new CommandFailure(
                    Exit.NOT_FOUND,
                    "nothing is known of host " + host + "; 'caretaker gpu status' without --host lists all");
        }
        return view;
    }

    final CommandFailure noTopics() {
        return new CommandFailure(
                Exit.NOT_FOUND,
                "no topic of Caretaker at " + bus.kafka().bootstrap() + "; is an agent running? see 'caretaker demo'");
    }

    static void take(FleetView view, ConsumerRecord<byte[], byte[]> record) {
        if (record.topic().equals(Topic.READINGS.fullName())) {
            view.readings(record.value(), Instant.ofEpochMilli(record.timestamp()));
        } else if (record.topic().equals(Topic.HEALTH.fullName())) {
            view.event(record.value());
        } else if (record.key() != null && record.value() != null) {
            view.expect(new String(record.key(), java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    final @Nullable String host() {
        return host;
    }

    final boolean isJson() {
        return json;
    }

    /** When things were as the {@link #view} shows them. */
    final Instant asOf() {
        return asOf;
    }

    final Instant now() {
        return clock.instant();
    }

    final PrintWriter out() {
        if (spec == null) {
            throw new IllegalStateException("used without picocli");
        }
        return spec.commandLine().getOut();
    }
}
