package caretaker.contracts;

import static caretaker.contracts.CloudEventJson.integer;
import static caretaker.contracts.CloudEventJson.text;
import static caretaker.contracts.CloudEventJson.textOrNone;
import static caretaker.contracts.CloudEventJson.texts;

import caretaker.contracts.CloudEventJson.NewerException;
import caretaker.contracts.NotificationEvent.Dead;
import caretaker.contracts.NotificationEvent.Message;
import caretaker.contracts.NotificationEvent.Result;
import caretaker.contracts.NotificationEvent.Sent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Turns notifications into CloudEvents 1.0 JSON (structured mode) and back. No bytes make {@link #decode} throw. */
public final class NotificationEventCodec {
    /** CloudEvents {@code type} of a notification. */
    public static final String TYPE = "caretaker.notification.v1";

    /** Largest record that is read: twice 200,000 fingerprints and some alerts. */
    public static final int MAX_BYTES = 16 << 20;

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
            if (!sent.withheld().isEmpty()) {
                ArrayNode withheld = json.putArray("withheld");
                new TreeSet<>(sent.withheld()).forEach(withheld::add);
            }
            if (sent.repeats() > 0) {
                json.put("repeats", sent.repeats());
            }
        }
        Message pending = event.pending();
        if (pending != null) {
            put(data.putObject("pending"), pending);
        }
        Result result = event.result();
        if (result != null) {
            data.putObject("result")
                    .put("id", result.id())
                    .put("reason", result.reason())
                    .put("since", result.since().toString())
                    .put("at", result.at().toString())
                    .put("attempts", result.attempts())
                    .put("outcome", CloudEventJson.word(result.outcome()))
                    .put("error", result.error());
        }
        Dead dead = event.dead();
        if (dead != null) {
            ObjectNode json = data.putObject("dead");
            put(json, dead.message());
            json.put("at", dead.at().toString())
                    .put("attempts", dead.attempts())
                    .put("error", dead.error());
            ArrayNode alerts = json.putArray("alerts");
            dead.alerts().forEach(alert -> AlertEventCodec.put(alerts.addObject(), alert));
            json.put("omitted", dead.omitted());
        }
        return CloudEventJson.bytes(cloudEvent);
    }

    private static void put(ObjectNode json, Message message) {
        json.put("id", message.id())
                .put("reason", message.reason())
                .put("since", message.since().toString());
        put(json, message.firing(), message.resolved());
    }

    private static void put(ObjectNode json, Set<String> firing, Set<String> resolved) {
        ArrayNode fires = json.putArray("firing");
        new TreeSet<>(firing).forEach(fires::add);
        ArrayNode ended = json.putArray("resolved");
        new TreeSet<>(resolved).forEach(ended::add);
    }

    public Decoded<NotificationEvent> decode(byte @Nullable [] bytes) {
        return CloudEventJson.decode(bytes, MAX_BYTES, NotificationEventCodec::event);
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
                data.has("pending") ? message(CloudEventJson.object(data, "pending")) : null,
                data.has("result") ? result(CloudEventJson.object(data, "result")) : null,
                data.has("dead") ? dead(CloudEventJson.object(data, "dead")) : null);
    }

    private static Sent sent(JsonNode json) {
        return new Sent(
                Instant.parse(text(json, "at")),
                fingerprints(json, "firing"),
                fingerprints(json, "resolved"),
                Instant.parse(text(json, "expiresAt")),
                texts(json, "data"),
                json.has("withheld") ? fingerprints(json, "withheld") : Set.of(),
                json.has("repeats") ? integer(json, "repeats") : 0);
    }

    private static Message message(JsonNode json) {
        return new Message(
                text(json, "id"),
                text(json, "reason"),
                Instant.parse(text(json, "since")),
                fingerprints(json, "firing"),
                fingerprints(json, "resolved"));
    }

    private static Result result(JsonNode json) throws NewerException {
        return new Result(
                text(json, "id"),
                text(json, "reason"),
                Instant.parse(text(json, "since")),
                Instant.parse(text(json, "at")),
                integer(json, "attempts"),
                CloudEventJson.constant(NotificationEvent.Outcome.class, json, "outcome"),
                textOrNone(json, "error"));
    }

    private static Dead dead(JsonNode json) {
        List<AlertEvent> alerts = new ArrayList<>();
        for (JsonNode alert : CloudEventJson.array(json, "alerts")) {
            alerts.add(AlertEventCodec.alert(alert));
        }
        return new Dead(
                message(json),
                Instant.parse(text(json, "at")),
                integer(json, "attempts"),
                textOrNone(json, "error"),
                alerts,
                integer(json, "omitted"));
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
