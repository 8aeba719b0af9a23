package caretaker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** How a host's repairs and its containers look to people. */
final class RecoveryView {
    private RecoveryView() {}

    /** The worst of it: a quarantine or the breaker, then what is held back or not well. */
    static Conclusion judge(JsonNode host, JsonNode containers) {
        boolean stopped = host.has("breaker");
        boolean degraded = host.has("pause")
                || host.path("killSwitch").asBoolean()
                || !host.path("notReady").isEmpty()
                || !host.path("illnesses").isEmpty();
        for (JsonNode each : containers) {
            stopped |= each.path("phase").asText().equals("quarantined");
            boolean concerns = each.path("consent").path("given").asBoolean() || each.has("incident");
            degraded |= concerns && !each.path("well").asBoolean();
        }
        if (stopped) {
            return new Conclusion("stopped", Exit.QUARANTINED);
        }
        return degraded ? new Conclusion("degraded", Exit.DEGRADED) : new Conclusion("ok", Exit.OK);
    }

    static List<String> host(JsonNode host) {
        List<String> lines = new ArrayList<>();
        String mode = !host.path("acts").asBoolean()
                ? "stands by"
                : host.path("dryRun").asBoolean() ? "only tells what it would do" : "repairs";
        lines.add(host.path("host").asText() + ": " + mode);
        host.path("notReady").forEach(why -> lines.add("not ready: " + why.asText()));
        if (host.path("killSwitch").asBoolean()) {
            lines.add("the kill switch is on");
        }
        JsonNode pause = host.path("pause");
        if (pause.isObject()) {
            lines.add("paused by " + pause.path("by").asText() + since(pause) + until(pause) + reason(pause));
        }
        JsonNode breaker = host.path("breaker");
        if (breaker.isObject()) {
            lines.add("the breaker is open" + since(breaker) + ": "
                    + breaker.path("repaired").asInt() + " of "
                    + breaker.path("managed").asInt() + " " + breaker.path("of").asText("containers")
                    + " were repaired");
        }
        host.path("illnesses")
                .properties()
                .forEach(ill ->
                        lines.add("ill since " + Table.time(ill.getValue().asText()) + ": " + ill.getKey()));
        for (JsonNode lock : host.path("locks")) {
            lines.add("locked: " + lock.path("containers").asText() + " by "
                    + lock.path("holder").asText() + until(lock) + reason(lock));
        }
        host.path("cycles").forEach(cycle -> lines.add("circle of dependencies: " + cycle.asText()));
        return lines.stream().map(Table::plain).toList();
    }

    private static String since(JsonNode of) {
        return " since " + Table.time(of.path("since").asText());
    }

    private static String until(JsonNode of) {
        return of.has("until") ? " until " + Table.time(of.path("until").asText()) : "";
    }

    private static String reason(JsonNode of) {
        String reason = of.path("reason").asText();
        return reason.isEmpty() ? "" : ": " + reason;
    }

    static List<String> table(JsonNode containers) {
        var table = new Table("CONTAINER", "STATE", "HEALTH", "MANAGED", "PHASE", "ATTEMPTS", "ABOUT");
        for (JsonNode each : containers) {
            table.row(
                    each.path("container").path("key").asText(),
                    each.path("seen").path("state").asText("gone"),
                    each.path("seen").path("health").asText(),
                    managed(each.path("consent")),
                    each.path("phase").asText(),
                    each.path("attempts").asInt() + "/" + each.path("budget").asInt(),
                    about(each));
        }
        return containers.isEmpty() ? List.of("there is no container") : table.lines();
    }

    private static String managed(JsonNode consent) {
        String yes = consent.path("dryRun").asBoolean() ? "dry-run" : "yes";
        return consent.path("given").asBoolean() ? yes : "no";
    }

    private static String about(JsonNode container) {
        JsonNode incident = container.path("incident");
        String message = container.path("quarantine").path("message").asText();
        String what = incident.isObject()
                ? incident.path("condition").asText() + " "
                        + incident.path("id").asText()
                : "";
        return message.isEmpty() ? what : message;
    }

    static List<String> details(JsonNode container) {
        List<String> lines = new ArrayList<>();
        lines.add(Table.plain(container.path("container").path("key").asText()));
        List<String> shown = List.of(
                "container",
                "seen",
                "consent",
                "phase",
                "attempts",
                "budget",
                "due",
                "wellSince",
                "incident",
                "operation",
                "quarantine");
        for (String field : shown) {
            if (container.has(field)) {
                add(lines, field, container.path(field));
            }
        }
        return lines;
    }

    private static void add(List<String> lines, String name, JsonNode value) {
        if (value.isObject()) {
            value.properties().forEach(each -> add(lines, name + "." + each.getKey(), each.getValue()));
        } else if (value.isArray()) {
            List<String> texts = new ArrayList<>();
            value.forEach(each -> texts.add(each.asText()));
            if (!texts.isEmpty()) {
                lines.add(line(name, String.join(", ", texts)));
            }
        } else {
            lines.add(line(name, Table.time(value.asText())));
        }
    }

    private static String line(String name, String value) {
        return Table.plain(String.format("  %-24s %s", name, value));
    }
}
