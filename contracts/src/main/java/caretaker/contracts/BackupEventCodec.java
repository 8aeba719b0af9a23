package caretaker.contracts;

import static caretaker.contracts.CloudEventJson.array;
import static caretaker.contracts.CloudEventJson.constant;
import static caretaker.contracts.CloudEventJson.number;
import static caretaker.contracts.CloudEventJson.object;
import static caretaker.contracts.CloudEventJson.text;
import static caretaker.contracts.CloudEventJson.textOrNone;
import static caretaker.contracts.CloudEventJson.word;

import caretaker.contracts.BackupEvent.Contents;
import caretaker.contracts.BackupEvent.Target;
import caretaker.contracts.CloudEventJson.NewerException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns events of backups into CloudEvents 1.0 JSON (structured mode), and back. No bytes make it throw. */
public final class BackupEventCodec {
    /** CloudEvents {@code type} of an event of backups. */
    public static final String TYPE = "caretaker.backup.v1";

    private static final String SCHEMA = "backup-event.schema.json";

    public byte[] encode(BackupEvent event) {
        ObjectNode cloudEvent = CloudEventJson.envelope(
                TYPE,
                "/hosts/" + CloudEventJson.escaped(event.host()) + "/backup-service",
                event.id(),
                event.time().toString(),
                CloudEventJson.escaped(event.series()),
                SCHEMA);
        ObjectNode data = cloudEvent
                .putObject("data")
                .put("series", event.series())
                .put("host", event.host())
                .put("operation", event.operation())
                .put("work", word(event.work()))
                .put("state", word(event.state()))
                .put("startedAt", event.startedAt().toString())
                .put("trigger", event.trigger())
                .put("backup", event.backup());
        Contents contents = event.contents();
        if (contents != null) {
            data.putObject("contents")
                    .put("bytes", contents.bytes())
                    .put("storedBytes", contents.storedBytes())
                    .put("files", contents.files())
                    .put("sha256", contents.sha256());
        }
        data.put("pausedMillis", event.pausedMillis());
        ArrayNode targets = data.putArray("targets");
        for (Target target : event.targets()) {
            targets.addObject().put("name", target.name()).put("error", target.error());
        }
        ArrayNode pruned = data.putArray("pruned");
        event.pruned().forEach(pruned::add);
        data.put("cause", event.cause()).put("error", event.error());
        ArrayNode warnings = data.putArray("warnings");
        event.warnings().forEach(warnings::add);
        Instant expectedBy = event.expectedBy();
        if (expectedBy != null) {
            data.put("expectedBy", expectedBy.toString());
        }
        return CloudEventJson.bytes(cloudEvent);
    }

    /** Reads a record's value, which is null in a record that only deletes. */
    public Decoded<BackupEvent> decode(byte @Nullable [] bytes) {
        return bytes == null
                ? new Decoded.Malformed<>("no value")
                : CloudEventJson.decode(bytes, BackupEventCodec::event);
    }

    private static BackupEvent event(JsonNode cloudEvent) throws NewerException {
        CloudEventJson.expect(cloudEvent, TYPE);
        JsonNode data = cloudEvent.path("data");
        List<Target> targets = new ArrayList<>();
        for (JsonNode target : array(data, "targets")) {
            targets.add(new Target(text(target, "name"), textOrNone(target, "error")));
        }
        var event = new BackupEvent(
                text(data, "series"),
                text(data, "host"),
                text(data, "operation"),
                constant(BackupEvent.Work.class, data, "work"),
                constant(BackupEvent.State.class, data, "state"),
                Instant.parse(text(cloudEvent, "time")),
                Instant.parse(text(data, "startedAt")),
                textOrNone(data, "trigger"),
                textOrNone(data, "backup"),
                data.has("contents") ? contents(object(data, "contents")) : null,
                data.has("pausedMillis") ? number(data, "pausedMillis") : 0,
                targets,
                words(data, "pruned"),
                textOrNone(data, "cause"),
                textOrNone(data, "error"),
                words(data, "warnings"),
                data.has("expectedBy") ? Instant.parse(text(data, "expectedBy")) : null);
        if (!event.id().equals(text(cloudEvent, "id"))) {
            throw new IllegalArgumentException("an id that is not operation/state");
        }
        return event;
    }

    private static Contents contents(JsonNode json) {
        return new Contents(
                number(json, "bytes"), number(json, "storedBytes"), number(json, "files"), text(json, "sha256"));
    }

    private static List<String> words(JsonNode data, String field) {
        List<String> words = new ArrayList<>();
        for (JsonNode word : array(data, field)) {
            if (!word.isTextual()) {
                throw new IllegalArgumentException("'" + field + "' has what is no text");
            }
            words.add(word.textValue());
        }
        return words;
    }
}
