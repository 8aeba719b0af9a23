package caretaker.contracts;

import static caretaker.contracts.CloudEventJson.integer;
import static caretaker.contracts.CloudEventJson.text;
import static caretaker.contracts.CloudEventJson.textOrNone;
import static caretaker.contracts.CloudEventJson.texts;

import caretaker.contracts.CloudEventJson.NewerException;
import caretaker.contracts.NotificationEvent.Pending;
import caretaker.contracts.NotificationEvent.Sent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Turns notifications into CloudEvents 1.0 JSON (structured mode) and back. No bytes make {@link #decode} throw. */
public final class NotificationEventCodec {
    /** CloudEvents {@code type} of a notification. */
    public static final String TYPE = "caretaker.notification.v1";

    private static final String SCHEMA = "notification-event.schema.json";

    public byte[] encode(NotificationEvent event) {
        ObjectNode cloudEvent = CloudEventJson.envelope(
                TYPE,
                "/alert-router",
                event.key() + "/" + event.at(),
                event.at().toString(),
                CloudEventJson.escaped(event.receiver()),
                SCHEMA);
        ObjectNode data = cloudEvent
                .putObject("data")
                .put("groupKey", event.groupKey())
                .put("receiver", event.receiver())
                .put("integration", event.integration())
                .put("index", event.index())
                .put("at", event.at().toString())
                .put("nextFlush", event.nextFlush().toString());
        Sent sent = event.sent();
        if (sent != null) {
            ObjectNode json = data.putObject("sent")
                    .put("at", sent.at().toString())
                    .put("expiresAt", sent.expiresAt().toString());
            put(json, sent.firing(), sent.resolved());
            ObjectNode kept = json.putObject("data");
            new TreeMap<>(sent.data()).forEach(kept::put);
        }
        Pending pending = event.pending();
        if (pending != null) {
            ObjectNode json = data.putObject("pending")
                    .put("id", pending.id())
                    .put("reason", pending.reason())
                    .put("since", pending.since().toString());
            put(json, pending.firing(), pending.resolved());
        }
        if (!event.failure().isEmpty()) {
            data.put("failure", event.failure());
        }
        return CloudEventJson.bytes(cloudEvent);
    }

    private static void put(ObjectNode json, Set<String> firing, Set<String> resolved) {
        ArrayNode fires = json.putArray("firing");
        new TreeSet<>(firing).forEach(fires::add);
        ArrayNode ended = json.putArray("resolved");
        new TreeSet<>(resolved).forEach(ended::add);
    }

    public Decoded<NotificationEvent> decode(byte @Nullable [] bytes) {
        return CloudEventJson.decode(bytes, NotificationEventCodec::event);
    }

    private static NotificationEvent event(JsonNode cloudEvent) throws NewerException {
        CloudEventJson.expect(cloudEvent, TYPE);
        JsonNode data = cloudEvent.path("data");
        return new NotificationEvent(
                text(data, "groupKey"),
                text(data, "receiver"),
                text(data, "integration"),
                integer(data, "index"),
                Instant.parse(text(data, "at")),
                Instant.parse(text(data, "nextFlush")),
                data.has("sent") ? sent(CloudEventJson.object(data, "sent")) : null,
                data.has("pending") ? pending(CloudEventJson.object(data, "pending")) : null,
                textOrNone(data, "failure"));
    }

    private static Sent sent(JsonNode json) {
        return new Sent(
                Instant.parse(text(json, "at")),
                fingerprints(json, "firing"),
                fingerprints(json, "resolved"),
                Instant.parse(text(json, "expiresAt")),
                texts(json, "data"));
    }

    private static Pending pending(JsonNode json) {
        return new Pending(
                text(json, "id"),
                text(json, "reason"),
                Instant.parse(text(json, "since")),
                fingerprints(json, "firing"),
                fingerprints(json, "resolved"));
    }

    private static Set<String> fingerprints(JsonNode json, String field) {
        Set<String> all = new HashSet<>();
        for (JsonNode each : CloudEventJson.array(json, field)) {
            if (!each.isTextual() || !WireHex.isFingerprint(each.textValue())) {
                throw new IllegalArgumentException("'" + field + "' has what is no fingerprint");
            }
            all.add(each.textValue());
        }
        return all;
    }
}
