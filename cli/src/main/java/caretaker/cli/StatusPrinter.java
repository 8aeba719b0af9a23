package caretaker.cli;

import caretaker.cli.fleet.FleetView;
import caretaker.cli.fleet.HostView;
import caretaker.cli.fleet.RaisedConditions;
import caretaker.cli.fleet.Throttling;
import caretaker.contracts.Column;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.Readings;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** What {@code gpu status} prints: for people, or as JSON. */
final class StatusPrinter {
    private static final double GIB = 1024.0 * 1024 * 1024;
    private static final String ROW = "  %-4s %-15s %5s %15s %6s %13s  %-6s %-24s %s%n";

    private final FleetView view;
    private final Instant now;

    StatusPrinter(FleetView view, Instant now) {
        this.view = view;
        this.now = now;
    }

    String text() {
        var text = new StringBuilder();
        for (HostView host : view.hosts()) {
            text.append(printable(host.host())).append("  ").append(head(host)).append('\n');
            Readings readings = host.readings();
            if (readings != null) {
                text.append(String.format(
                        Locale.ROOT, ROW, "GPU", "STATE", "UTIL", "MEMORY", "TEMP", "POWER", "XID", "HELD BY", "NAME"));
                readings.gpus().forEach(gpu -> row(text, host, gpu));
            }
            for (HealthEvent event : host.conditions()) {
                text.append("  ! ").append(line(host, event)).append('\n');
            }
        }
        if (text.isEmpty()) {
            text.append("no host has said anything lately\n");
        }
        return text.toString();
    }

    private String head(HostView host) {
        Readings readings = host.readings();
        if (readings == null) {
            return "NO READINGS";
        }
        String age = String.format(Locale.ROOT, "%.1f s ago", host.age(now).toMillis() / 1e3);
        return (host.isSilent(now) ? "SILENT, last readings " : "readings ") + age + ", agent " + readings.agentId();
    }

    private void row(StringBuilder text, HostView host, GpuReading gpu) {
        text.append(String.format(
                Locale.ROOT,
                ROW,
                gpu.index(),
                gpu.state().answers()
                        ? gpu.state().label()
                        : gpu.state().label().toUpperCase(Locale.ROOT),
                value(gpu, Column.UTILIZATION_PERCENTAGE, 1, "%.0f%%"),
                value(gpu, Column.MEMORY_USED_BYTES, GIB, "%.1f") + "/"
                        + value(gpu, Column.MEMORY_TOTAL_BYTES, GIB, "%.0f GiB"),
                value(gpu, Column.TEMPERATURE_CELSIUS, 1, "%.0f C"),
                value(gpu, Column.POWER_DRAW_MILLIWATTS, 1e3, "%.0f") + "/"
                        + value(gpu, Column.POWER_LIMIT_ENFORCED_MILLIWATTS, 1e3, "%.0f W"),
                xid(gpu).orElse("-"),
                Throttling.active(gpu).isEmpty() ? "-" : String.join(",", Throttling.active(gpu)),
                printable(host.nameOf(gpu))));
    }

    private static String value(GpuReading gpu, Column column, double divisor, String format) {
        return gpu.has(column) ? String.format(Locale.ROOT, format, gpu.get(column) / divisor) : "-";
    }

    private Optional<String> xid(GpuReading gpu) {
        Optional<String> fromEvent = view.conditions().lastXid(gpu.uuid()).map(RaisedConditions.Xid::code);
        return fromEvent.isPresent() || !gpu.has(Column.XID_LAST) || gpu.get(Column.XID_LAST) == 0
                ? fromEvent
                : Optional.of(Long.toString(gpu.get(Column.XID_LAST)));
    }

    private static String line(HostView host, HealthEvent event) {
        return (event.drill() ? "DRILL " : "") + word(event.severity()) + "  "
                + event.condition().wire() + "  " + printable(event.entity().name()) + ": "
                + printable(event.message()) + "  (since " + event.time()
                + (event.action() == HealthEvent.Action.NONE ? "" : ", advice: " + word(event.action()))
                + (host.isOfFormerRun(event) ? ", raised by an earlier run of the agent" : "") + ")";
    }

    /** The fields are described in docs/cli.md. */
    JsonNode json() {
        ObjectNode document = Json.document().put("time", now.toString());
        ArrayNode hosts = document.putArray("hosts");
        view.hosts().forEach(host -> host(hosts.addObject(), host));
        return document.put("unreadableRecords", view.unreadable());
    }

    private void host(ObjectNode json, HostView host) {
        json.put("host", host.host()).put("silent", host.isSilent(now));
        Readings readings = host.readings();
        if (readings != null) {
            json.put("agentId", readings.agentId())
                    .put("sequence", readings.sequence())
                    .put("time", Instant.ofEpochMilli(readings.timeUnixMillis()).toString())
                    .put("ageSeconds", host.age(now).toMillis() / 1e3)
                    .put("intervalSeconds", readings.intervalMillis() / 1e3);
            count(json, "gpusExpected", readings.gpusExpected());
            count(json, "gpusVisible", readings.gpusVisible());
            count(json, "gpusOnPci", readings.gpusOnPci());
        }
        ArrayNode gpus = json.putArray("gpus");
        if (readings != null) {
            readings.gpus().forEach(gpu -> gpu(gpus.addObject(), host, gpu));
        }
        ArrayNode conditions = json.putArray("conditions");
        host.conditions().forEach(event -> condition(conditions.addObject(), host, event));
    }

    private static void count(ObjectNode json, String field, int count) {
        if (count != Readings.UNKNOWN) {
            json.put(field, count);
        }
    }

    private void gpu(ObjectNode json, HostView host, GpuReading gpu) {
        json.put("index", gpu.index())
                .put("uuid", gpu.uuid())
                .put("name", host.nameOf(gpu))
                .put("state", gpu.state().label())
                .put("up", gpu.state().answers());
        put(json, "utilizationPercent", gpu, Column.UTILIZATION_PERCENTAGE, 1);
        put(json, "memoryUsedBytes", gpu, Column.MEMORY_USED_BYTES, 1);
        put(json, "memoryTotalBytes", gpu, Column.MEMORY_TOTAL_BYTES, 1);
        put(json, "temperatureCelsius", gpu, Column.TEMPERATURE_CELSIUS, 1);
        put(json, "powerWatts", gpu, Column.POWER_DRAW_MILLIWATTS, 1000);
        put(json, "powerLimitWatts", gpu, Column.POWER_LIMIT_ENFORCED_MILLIWATTS, 1000);
        xid(gpu).ifPresent(code -> json.put("lastXid", code));
        view.conditions()
                .lastXid(gpu.uuid())
                .ifPresent(xid -> json.put("lastXidTime", xid.time().toString()));
        ArrayNode heldBy = json.putArray("heldBy");
        Throttling.active(gpu).forEach(heldBy::add);
    }

    private static void put(ObjectNode json, String field, GpuReading gpu, Column column, int divisor) {
        if (gpu.has(column)) {
            if (divisor == 1) {
                json.put(field, gpu.get(column));
            } else {
                json.put(field, gpu.get(column) / (double) divisor);
            }
        }
    }

    private static void condition(ObjectNode json, HostView host, HealthEvent event) {
        json.put("condition", event.condition().wire())
                .put("severity", word(event.severity()))
                .put("entityKind", word(event.entity().kind()))
                .put("entityId", event.entity().id())
                .put("entityName", event.entity().name())
                .put("code", event.code())
                .put("message", event.message())
                .put("action", word(event.action()))
                .put("since", event.time().toString())
                .put("agentId", event.agentId())
                .put("formerRun", host.isOfFormerRun(event))
                .put("drill", event.drill());
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
