package caretaker.contracts;

import static caretaker.contracts.CloudEventJson.flagOrFalse;
import static caretaker.contracts.CloudEventJson.text;
import static caretaker.contracts.CloudEventJson.textOrNone;
import static caretaker.contracts.CloudEventJson.texts;

import caretaker.contracts.CloudEventJson.NewerException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns alerts into CloudEvents 1.0 JSON (structured mode) and back. No bytes make {@link #decode} throw. */
public final class AlertEventCodec {
    /** CloudEvents {@code type} of an alert. */
    public static final String TYPE = "caretaker.alert.v1";

    private static final String SCHEMA = "alert-event.schema.json";

    public byte[] encode(AlertEvent event) {
        ObjectNode cloudEvent = CloudEventJson.envelope(
                TYPE,
                "/alert-router",
                event.fingerprint() + "/" + event.updatedAt(),
                event.updatedAt().toString(),
                event.fingerprint(),
                SCHEMA);
        put(cloudEvent.putObject("data"), event);
        return CloudEventJson.bytes(cloudEvent);
    }

    static void put(ObjectNode data, AlertEvent event) {
        data.put("fingerprint", event.fingerprint());
        ObjectNode labels = data.putObject("labels");
        new TreeMap<>(event.labels()).forEach(labels::put);
        ObjectNode annotations = data.putObject("annotations");
        new TreeMap<>(event.annotations()).forEach(annotations::put);
        data.put("startsAt", event.startsAt().toString())
                .put("endsAt", event.endsAt().toString())
                .put("updatedAt", event.updatedAt().toString())
                .put("generatorUrl", event.generatorUrl());
        if (event.timeout()) {
            data.put("timeout", true);
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
