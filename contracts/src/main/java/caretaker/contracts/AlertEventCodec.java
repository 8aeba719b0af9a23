package caretaker.contracts;

import static caretaker.contracts.CloudEventJson.flagOrFalse;
import static caretaker.contracts.CloudEventJson.text;
import static caretaker.contracts.CloudEventJson.textOrNone;
import static caretaker.contracts.CloudEventJson.texts;

import caretaker.contracts.CloudEventJson.NewerException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Turns alerts into CloudEvents 1.0 JSON (structured mode) and back. No bytes make {@link #decode} throw. */
public final class AlertEventCodec {
    /** CloudEvents {@code type} of an alert. */
    public static final String TYPE = "caretaker.alert.v1";

    private static final String SCHEMA = "alert-event.schema.json";

    public byte[] encode(AlertEvent event) {
        String updatedAt = event.updatedAt().toString();
        return CloudEventJson.bytes(
                TYPE,
                "/alert-router",
                event.fingerprint() + "/" + updatedAt,
                updatedAt,
                event.fingerprint(),
                SCHEMA,
                json -> write(json, event));
    }

    /** The fields of an alert. */
    static void write(JsonGenerator json, AlertEvent event) throws IOException {
        json.writeStringField("fingerprint", event.fingerprint());
        CloudEventJson.write(json, "labels", event.labels());
        CloudEventJson.write(json, "annotations", event.annotations());
        json.writeStringField("startsAt", event.startsAt().toString());
        json.writeStringField("endsAt", event.endsAt().toString());
        json.writeStringField("updatedAt", event.updatedAt().toString());
        json.writeStringField("generatorUrl", event.generatorUrl());
        if (event.timeout()) {
            json.writeBooleanField("timeout", true);
        }
    }

    public Decoded<AlertEvent> decode(byte @Nullable [] bytes) {
        return CloudEventJson.decode(bytes, AlertEventCodec::event);
    }

    private static AlertEvent event(JsonNode cloudEvent) throws NewerException {
        CloudEventJson.expect(cloudEvent, TYPE);
        return alert(cloudEvent.path("data"));
    }

    static AlertEvent alert(JsonNode data) {
        return new AlertEvent(
                text(data, "fingerprint"),
                texts(data, "labels"),
                texts(data, "annotations"),
                Instant.parse(text(data, "startsAt")),
                Instant.parse(text(data, "endsAt")),
                Instant.parse(text(data, "updatedAt")),
                textOrNone(data, "generatorUrl"),
                flagOrFalse(data, "timeout"));
    }
}
