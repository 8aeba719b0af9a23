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
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns notifications into CloudEvents 1.0 JSON (structured mode) and back. No bytes make {@link #decode} throw. */
public final class NotificationEventCodec {
    /** CloudEvents {@code type} of a notification. */
    public static final String TYPE = "caretaker.notification.v1";

    /** Largest record that is read: twice 200,000 fingerprints and some alerts. */
    public static final int MAX_BYTES = 16 << 20;

    private static final String SCHEMA = "notification-event.schema.json";

    public byte[] encode(NotificationEvent event) {
        String at = event.at().toString();
        return CloudEventJson.bytes(
                TYPE,
                "/alert-router",
                event.key() + "/" + at,
                at,
                CloudEventJson.escaped(event.receiver()),
                SCHEMA,
                json -> write(json, event));
    }

    private static void write(JsonGenerator json, NotificationEvent event) throws IOException {
        json.writeStringField("groupKey", event.groupKey());
        json.writeStringField("receiver", event.receiver());
        json.writeStringField("integration", event.integration());
        json.writeNumberField("index", event.index());
        json.writeStringField("at", event.at().toString());
        json.writeStringField("nextFlush", event.nextFlush().toString());
        Sent sent = event.sent();
        if (sent != null) {
            json.writeObjectFieldStart("sent");
            write(json, sent);
            json.writeEndObject();
        }
        Message pending = event.pending();
        if (pending != null) {
            json.writeObjectFieldStart("pending");
            write(json, pending);
            json.writeEndObject();
        }
        Result result = event.result();
        if (result != null) {
            json.writeObjectFieldStart("result");
            write(json, result);
            json.writeEndObject();
        }
        Dead dead = event.dead();
        if (dead != null) {
            json.writeObjectFieldStart("dead");
            write(json, dead);
            json.writeEndObject();
        }
    }

    private static void write(JsonGenerator json, Sent sent) throws IOException {
        json.writeStringField("at", sent.at().toString());
        json.writeStringField("expiresAt", sent.expiresAt().toString());
        CloudEventJson.write(json, "firing", sent.firing());
        CloudEventJson.write(json, "resolved", sent.resolved());
        CloudEventJson.write(json, "data", sent.data());
        if (!sent.withheld().isEmpty()) {
            CloudEventJson.write(json, "withheld", sent.withheld());
        }
        if (sent.repeats() > 0) {
            json.writeNumberField("repeats", sent.repeats());
        }
    }

    private static void write(JsonGenerator json, Message message) throws IOException {
        json.writeStringField("id", message.id());
        json.writeStringField("reason", message.reason());
        json.writeStringField("since", message.since().toString());
        CloudEventJson.write(json, "firing", message.firing());
        CloudEventJson.write(json, "resolved", message.resolved());
    }

    private static void write(JsonGenerator json, Result result) throws IOException {
        json.writeStringField("id", result.id());
        json.writeStringField("reason", result.reason());
        json.writeStringField("since", result.since().toString());
        json.writeStringField("at", result.at().toString());
        json.writeNumberField("attempts", result.attempts());
        json.writeStringField("outcome", CloudEventJson.word(result.outcome()));
        json.writeStringField("error", result.error());
    }

    private static void write(JsonGenerator json, Dead dead) throws IOException {
        write(json, dead.message());
        json.writeStringField("at", dead.at().toString());
        json.writeNumberField("attempts", dead.attempts());
        json.writeStringField("error", dead.error());
        json.writeArrayFieldStart("alerts");
        for (AlertEvent alert : dead.alerts()) {
            json.writeStartObject();
            AlertEventCodec.write(json, alert);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberField("omitted", dead.omitted());
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
