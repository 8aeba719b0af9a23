package caretaker.contracts;

import static caretaker.contracts.CloudEventJson.flagOrFalse;
import static caretaker.contracts.CloudEventJson.integer;
import static caretaker.contracts.CloudEventJson.number;
import static caretaker.contracts.CloudEventJson.object;
import static caretaker.contracts.CloudEventJson.text;
import static caretaker.contracts.CloudEventJson.textOrNone;

import caretaker.contracts.RecoveryEvent.Evidence;
import caretaker.contracts.RecoveryEvent.Snapshot;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the records of the recovery service share. What is empty, false or null is left out. */
final class RecoveryJson {
    private RecoveryJson() {}

    static void put(ObjectNode json, String field, String text) {
        if (!text.isEmpty()) {
            json.put(field, text);
        }
    }

    static void put(ObjectNode json, String field, boolean flag) {
        if (flag) {
            json.put(field, true);
        }
    }

    static void put(ObjectNode json, String field, @Nullable Instant time) {
        if (time != null) {
            json.put(field, time.toString());
        }
    }

    /** Texts, or times as texts. */
    static void put(ObjectNode json, String field, List<?> list) {
        if (!list.isEmpty()) {
            var array = json.putArray(field);
            list.forEach(each -> array.add(each.toString()));
        }
    }

    static void put(ObjectNode json, String field, @Nullable Snapshot snapshot) {
        if (snapshot == null) {
            return;
        }
        ObjectNode of = json.putObject(field);
        put(of, "containerId", snapshot.containerId());
        of.put("state", snapshot.state());
        put(of, "health", snapshot.health());
        of.put("exitCode", snapshot.exitCode());
        put(of, "oomKilled", snapshot.oomKilled());
        put(of, "startedAt", snapshot.startedAt());
        of.put("restartCount", snapshot.restartCount());
    }

    static void put(ObjectNode json, @Nullable Evidence evidence) {
        if (evidence != null) {
            json.putObject("evidence")
                    .put("path", evidence.path())
                    .put("sha256", evidence.sha256())
                    .put("bytes", evidence.bytes());
        }
    }

    static void put(ObjectNode json, ContainerIdentity container) {
        ObjectNode of = json.putObject("container");
        put(of, "id", container.id());
        of.put("name", container.name());
        put(of, "image", container.image());
        if (container.number() > 0) {
            of.put("project", container.project())
                    .put("service", container.service())
                    .put("number", container.number());
        }
    }

    static ContainerIdentity container(JsonNode data) {
        JsonNode json = object(data, "container");
        return new ContainerIdentity(
                textOrNone(json, "id"),
                text(json, "name"),
                textOrNone(json, "image"),
                textOrNone(json, "project"),
                textOrNone(json, "service"),
                json.has("number") ? integer(json, "number") : 0);
    }

    static Snapshot snapshot(JsonNode json) {
        return new Snapshot(
                textOrNone(json, "containerId"),
                text(json, "state"),
                textOrNone(json, "health"),
                integer(json, "exitCode"),
                flagOrFalse(json, "oomKilled"),
                timeOrNone(json, "startedAt"),
                integer(json, "restartCount"));
    }

    static @Nullable Evidence evidence(JsonNode data) {
        if (!data.has("evidence")) {
            return null;
        }
        JsonNode json = object(data, "evidence");
        return new Evidence(text(json, "path"), text(json, "sha256"), number(json, "bytes"));
    }

    static Instant time(JsonNode json, String field) {
        return Instant.parse(text(json, field));
    }

    static @Nullable Instant timeOrNone(JsonNode json, String field) {
        return json.has(field) ? time(json, field) : null;
    }

    static List<Instant> times(JsonNode json, String field) {
        return texts(json, field).stream().map(Instant::parse).toList();
    }

    static List<String> texts(JsonNode json, String field) {
        List<String> texts = new ArrayList<>();
        for (JsonNode text : CloudEventJson.array(json, field)) {
            if (!text.isTextual()) {
                throw new IllegalArgumentException("'" + field + "' has what is no text");
            }
            texts.add(text.textValue());
        }
        return texts;
    }
}
