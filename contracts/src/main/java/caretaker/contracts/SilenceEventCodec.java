package caretaker.contracts;

import static caretaker.contracts.CloudEventJson.flagOrFalse;
import static caretaker.contracts.CloudEventJson.text;
import static caretaker.contracts.CloudEventJson.textOrNone;
import static caretaker.contracts.CloudEventJson.texts;

import caretaker.contracts.CloudEventJson.NewerException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns silences into CloudEvents 1.0 JSON (structured mode) and back. No bytes make {@link #decode} throw. */
public final class SilenceEventCodec {
    /** CloudEvents {@code type} of a silence. */
    public static final String TYPE = "caretaker.silence.v1";

    private static final String SCHEMA = "silence-event.schema.json";

    public byte[] encode(SilenceEvent event) {
        ObjectNode cloudEvent = CloudEventJson.envelope(
                TYPE,
                "/alert-router",
                event.id() + "/" + event.updatedAt(),
                event.updatedAt().toString(),
                event.id(),
                SCHEMA);
        ObjectNode data = cloudEvent.putObject("data").put("id", event.id());
        ArrayNode matchers = data.putArray("matchers");
        for (SilenceEvent.Matcher matcher : event.matchers()) {
            matchers.addObject()
                    .put("name", matcher.name())
                    .put("value", matcher.value())
                    .put("isRegex", matcher.isRegex())
                    .put("isEqual", matcher.isEqual());
        }
        data.put("startsAt", event.startsAt().toString())
                .put("endsAt", event.endsAt().toString())
                .put("updatedAt", event.updatedAt().toString())
                .put("createdBy", event.createdBy())
                .put("comment", event.comment());
        ObjectNode annotations = data.putObject("annotations");
        new TreeMap<>(event.annotations()).forEach(annotations::put);
        return CloudEventJson.bytes(cloudEvent);
    }

    public Decoded<SilenceEvent> decode(byte @Nullable [] bytes) {
        return CloudEventJson.decode(bytes, SilenceEventCodec::event);
    }

    private static SilenceEvent event(JsonNode cloudEvent) throws NewerException {
        CloudEventJson.expect(cloudEvent, TYPE);
        JsonNode data = cloudEvent.path("data");
        List<SilenceEvent.Matcher> matchers = new ArrayList<>();
        for (JsonNode matcher : CloudEventJson.array(data, "matchers")) {
            matchers.add(new SilenceEvent.Matcher(
                    text(matcher, "name"),
                    text(matcher, "value"),
                    flagOrFalse(matcher, "isRegex"),
                    flagOrFalse(matcher, "isEqual")));
        }
        return new SilenceEvent(
                text(data, "id"),
                matchers,
                Instant.parse(text(data, "startsAt")),
                Instant.parse(text(data, "endsAt")),
                Instant.parse(text(data, "updatedAt")),
                textOrNone(data, "createdBy"),
                textOrNone(data, "comment"),
                texts(data, "annotations"));
    }
}
