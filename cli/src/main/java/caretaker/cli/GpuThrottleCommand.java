package caretaker.cli;

import caretaker.cli.fleet.FleetView;
import caretaker.cli.fleet.Throttling;
import caretaker.cli.fleet.Throttling.Held;
import caretaker.cli.fleet.Throttling.Reason;
import caretaker.contracts.Readings;
import caretaker.contracts.Topic;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what held the GPUs' clocks down. */
@Command(
        name = "throttle",
        description = "Show which GPUs were held down, why, and for how much of the time.",
        footer = {
            "",
            "Shares marked with ~ are those of the readings; the others the driver has counted itself.",
            "",
            "Examples:",
            "  caretaker gpu throttle                    the last minute",
            "  caretaker gpu throttle --since 30m --host node-1",
            "  caretaker gpu throttle --for 10s          from now on"
        })
final class GpuThrottleCommand extends FleetCommand {
    @Option(
            names = "--since",
            paramLabel = "AGE",
            defaultValue = "1m",
            description = "The window, from this age to now; readings are kept for 1 h (default: ${DEFAULT-VALUE}).")
    private Duration since = Duration.ofMinutes(1);

    @Option(names = "--for", paramLabel = "TIME", description = "In place of the past, watch this long: 10s.")
    private @Nullable Duration live;

    @Override
    int run(BusReader reader) {
        Duration age = live == null ? since : Duration.ZERO;
        if (reader.begin(Map.of(Topic.READINGS.fullName(), age)) == 0) {
            throw noTopics();
        }
        var view = new FleetView();
        var throttling = new Throttling();
        if (live == null) {
            reader.readToEnd(host(), record -> take(view, throttling, record));
        } else {
            reader.readFor(live, host(), record -> take(view, throttling, record));
        }
        List<Held> held = throttling.held();
        if (held.isEmpty()) {
            throw new CommandFailure(
                    Exit.NOT_FOUND,
                    "fewer than two readings of any GPU in this time; take longer, or see 'caretaker gpu status'");
        }
        if (isJson()) {
            out().println(Json.line(json(held)));
        } else {
            held.forEach(gpu -> out().println(line(gpu)));
        }
        out().flush();
        return Exit.OK;
    }

    private static void take(FleetView view, Throttling throttling, ConsumerRecord<byte[], byte[]> record) {
        Readings readings = view.readings(record.value(), Instant.ofEpochMilli(record.timestamp()));
        if (readings != null) {
            throttling.apply(readings);
        }
    }

    private static String line(Held gpu) {
        var line = new StringBuilder();
        line.append(
                String.format(Locale.ROOT, "%s GPU %d  of %.1f s: ", gpu.host(), gpu.index(), gpu.observedSeconds()));
        if (gpu.reasons().isEmpty()) {
            line.append("not held down");
        }
        for (Reason reason : gpu.reasons()) {
            line.append(String.format(
                    Locale.ROOT, " %s %s%.1f%%", reason.name(), reason.counted() ? "" : "~", reason.share() * 100));
        }
        return line.toString();
    }

    private static ObjectNode json(List<Held> held) {
        ObjectNode document = Json.document();
        ArrayNode gpus = document.putArray("gpus");
        for (Held gpu : held) {
            ObjectNode json = gpus.addObject()
                    .put("host", gpu.host())
                    .put("index", gpu.index())
                    .put("uuid", gpu.uuid())
                    .put("observedSeconds", gpu.observedSeconds());
            ArrayNode reasons = json.putArray("reasons");
            for (Reason reason : gpu.reasons()) {
                reasons.addObject()
                        .put("reason", reason.name())
                        .put("share", reason.share())
                        .put("seconds", reason.seconds())
                        .put("counted", reason.counted());
            }
        }
        document.putArray("errors");
        return document;
    }
}
