package caretaker.recovery.api;

import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.MaintenanceLock;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEventCodec;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryState;
import caretaker.recovery.containers.Scope.Consent;
import caretaker.recovery.containers.Sighting;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How things look in answers. What is not known is left out; fields are only ever added. */
final class Views {
    private static final int SCHEMA_VERSION = 1;

    private Views() {}

    static JsonObject document() {
        return new JsonObject().put("schemaVersion", SCHEMA_VERSION);
    }

    /** {@code rate-limited}. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void put(JsonObject json, String key, @Nullable Instant time) {
        if (time != null) {
            json.put(key, time.toString());
        }
    }

    private static void put(JsonObject json, String key, String text) {
        if (!text.isEmpty()) {
            json.put(key, text);
        }
    }

    private static JsonArray array(List<?> of) {
        return new JsonArray(new ArrayList<>(of));
    }

    static JsonObject host(Control.Host host) {
        JsonObject json = document()
                .put("host", host.host())
                .put("instance", host.instance())
                .put("acts", host.acts())
                .put("notReady", array(host.notReady()))
                .put("dryRun", host.dryRun())
                .put("killSwitch", host.killSwitch());
        RecoveryHostState state = host.state();
        if (state != null) {
            RecoveryHostState.Breaker breaker = state.breaker();
            if (breaker != null) {
                json.put(
                        "breaker",
                        new JsonObject()
                                .put("since", breaker.since().toString())
                                .put("repaired", breaker.repaired())
                                .put("managed", breaker.managed())
                                .put("of", breaker.ofHosts() ? "hosts" : "containers"));
            }
            RecoveryHostState.Pause pause = state.pause();
            if (pause != null) {
                var view = new JsonObject().put("since", pause.since().toString());
                put(view, "until", pause.until());
                json.put("pause", view.put("by", pause.by()).put("reason", pause.reason()));
            }
            var illnesses = new JsonObject();
            new TreeMap<>(state.illnesses()).forEach((name, since) -> illnesses.put(name, since.toString()));
            json.put("illnesses", illnesses);
        }
        return json.put("locks", array(host.locks().stream().map(Views::lock).toList()))
                .put("cycles", array(host.cycles()));
    }

    private static JsonObject lock(MaintenanceLock lock) {
        return new JsonObject()
                .put("host", lock.host())
                .put("containers", lock.containers())
                .put("holder", lock.holder())
                .put("reason", lock.reason())
                .put("since", lock.since().toString())
                .put("until", lock.until().toString());
    }

    static JsonObject identity(ContainerIdentity container) {
        var json = new JsonObject().put("key", container.key()).put("name", container.name());
        put(json, "id", container.id());
        put(json, "image", container.image());
        put(json, "project", container.project());
        put(json, "service", container.service());
        return container.number() > 0 ? json.put("number", container.number()) : json;
    }

    static JsonObject container(Control.Container container) {
        JsonObject json = new JsonObject()
                .put("container", identity(container.identity()))
                .put("consent", consent(container.consent()))
                .put("well", isWell(container));
        Sighting seen = container.seen();
        if (seen != null) {
            json.put("seen", seen(seen));
        }
        RecoveryState state = container.state();
        json.put("phase", state == null ? "ok" : word(state.phase()))
                .put("attempts", container.attempts())
                .put("budget", container.budget());
        if (state != null) {
            remembered(json, state);
        }
        return json;
    }

    /** Whether nobody need look after it. */
    static boolean isWell(Control.Container container) {
        Sighting seen = container.seen();
        RecoveryState state = container.state();
        return seen != null && !seen.isIll() && (state == null || state.phase() == RecoveryState.Phase.OK);
    }

    private static JsonObject consent(@Nullable Consent consent) {
        return switch (consent) {
            case null -> new JsonObject().put("given", false).put("why", "it is gone");
            case Consent.Given(boolean dryRun) ->
                new JsonObject().put("given", true).put("dryRun", dryRun);
            case Consent.Refused(String why) ->
                new JsonObject().put("given", false).put("why", why);
            case Consent.Unclear(String label, String value) ->
                new JsonObject().put("given", false).put("why", "its label " + label + " is '" + value + "'");
        };
    }

    private static JsonObject seen(Sighting seen) {
        var json = new JsonObject()
                .put("state", word(seen.state()))
                .put("health", word(seen.health()))
                .put("exitCode", seen.exitCode())
                .put("oomKilled", seen.oomKilled());
        put(json, "startedAt", seen.startedAt());
        put(json, "finishedAt", seen.finishedAt());
        json.put("restartCount", seen.restartCount());
        put(json, "error", seen.error());
        return json.put("gpus", array(seen.gpus())).put("shares", array(seen.shares()));
    }

    private static void remembered(JsonObject json, RecoveryState state) {
        put(json, "due", state.due());
        put(json, "wellSince", state.wellSince());
        put(json, "updatedAt", state.updatedAt());
        RecoveryState.Incident incident = state.incident();
        if (incident != null) {
            var view = new JsonObject().put("id", incident.id()).put("condition", incident.condition());
            put(view, "code", incident.code());
            view.put("severity", word(incident.severity()))
                    .put("since", incident.since().toString());
            put(view, "playbook", incident.playbook());
            view.put("rung", incident.rung());
            put(view, "waitingFor", incident.waitingFor());
            json.put("incident", view.put("dryRun", incident.dryRun()).put("drill", incident.drill()));
        }
        RecoveryState.Operation operation = state.operation();
        if (operation != null) {
            json.put(
                    "operation",
                    new JsonObject()
                            .put("id", operation.id())
                            .put("action", word(operation.action()))
                            .put("attempt", operation.attempt())
                            .put("actor", operation.actor())
                            .put("reservedAt", operation.reservedAt().toString())
                            .put("deadline", operation.deadline().toString()));
        }
        RecoveryState.Quarantine quarantine = state.quarantine();
        if (quarantine != null) {
            var view = new JsonObject()
                    .put("reason", word(quarantine.reason()))
                    .put("since", quarantine.since().toString());
            put(view, "until", quarantine.until());
            json.put("quarantine", view.put("by", quarantine.by()).put("message", quarantine.message()));
        }
    }

    static JsonObject incident(Control.Incident incident) {
        RecoveryEvent newest = incident.newest();
        var json = new JsonObject()
                .put("id", incident.id())
                .put("since", incident.since().toString())
                .put("last", incident.last().toString())
                .put("about", incident.about())
                .put("condition", incident.condition())
                .put("kind", word(newest.kind()))
                .put("reason", word(newest.reason()))
                .put("actor", newest.actor())
                .put("message", newest.message());
        ContainerIdentity container = newest.container();
        return container == null ? json : json.put("container", identity(container));
    }

    /** As it is on the bus. */
    static JsonObject event(RecoveryEvent event) {
        return new JsonObject(Buffer.buffer(new RecoveryEventCodec().encode(event)));
    }
}
