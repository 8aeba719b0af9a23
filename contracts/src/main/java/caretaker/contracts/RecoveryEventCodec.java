package caretaker.contracts;

import static caretaker.contracts.CloudEventJson.constant;
import static caretaker.contracts.CloudEventJson.flagOrFalse;
import static caretaker.contracts.CloudEventJson.integer;
import static caretaker.contracts.CloudEventJson.number;
import static caretaker.contracts.CloudEventJson.object;
import static caretaker.contracts.CloudEventJson.text;
import static caretaker.contracts.CloudEventJson.textOrNone;
import static caretaker.contracts.CloudEventJson.word;

import caretaker.contracts.CloudEventJson.NewerException;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Incident;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Operation;
import caretaker.contracts.RecoveryEvent.Reason;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Turns recoveries into CloudEvents 1.0 JSON (structured mode) and back. No bytes make {@link #decode} throw. */
public final class RecoveryEventCodec {
    /** CloudEvents {@code type} of a recovery. */
    public static final String TYPE = "caretaker.recovery.v1";

    private static final String SCHEMA = "recovery-event.schema.json";

    public byte[] encode(RecoveryEvent event) {
        ContainerIdentity container = event.container();
        ObjectNode cloudEvent = CloudEventJson.envelope(
                TYPE,
                "/hosts/" + CloudEventJson.escaped(event.host()) + "/recovery-service",
                event.id(),
                event.time().toString(),
                CloudEventJson.escaped(container == null ? event.host() : container.name()),
                SCHEMA);
        ObjectNode data = cloudEvent
                .putObject("data")
                .put("host", event.host())
                .put("kind", word(event.kind()))
                .put("reason", word(event.reason()))
                .put("actor", event.actor())
                .put("message", event.message());
        if (container != null) {
            RecoveryJson.put(data, container);
        }
        Incident incident = event.incident();
        if (incident != null) {
            ObjectNode json =
                    data.putObject("incident").put("id", incident.id()).put("condition", incident.condition());
            RecoveryJson.put(json, "code", incident.code());
            json.put("severity", word(incident.severity()));
            RecoveryJson.put(json, "eventIds", incident.eventIds());
            RecoveryJson.put(json, "drill", incident.drill());
        }
        Operation operation = event.operation();
        if (operation != null) {
            ObjectNode json = data.putObject("operation")
                    .put("id", operation.id())
                    .put("action", word(operation.action()))
                    .put("attempt", operation.attempt());
            RecoveryJson.put(json, "group", operation.group());
        }
        RecoveryJson.put(data, "before", event.before());
        RecoveryJson.put(data, "after", event.after());
        Duration took = event.took();
        if (took != null) {
            data.put("tookMillis", took.toMillis());
        }
        RecoveryJson.put(data, event.evidence());
        RecoveryJson.put(data, "dryRun", event.dryRun());
        return CloudEventJson.bytes(cloudEvent);
    }

    public Decoded<RecoveryEvent> decode(byte @Nullable [] bytes) {
        return bytes == null
                ? new Decoded.Malformed<>("no value")
                : CloudEventJson.decode(bytes, RecoveryEventCodec::event);
    }

    private static RecoveryEvent event(JsonNode cloudEvent) throws NewerException {
        CloudEventJson.expect(cloudEvent, TYPE);
        JsonNode data = cloudEvent.path("data");
        return new RecoveryEvent(
                text(cloudEvent, "id"),
                text(data, "host"),
                Instant.parse(text(cloudEvent, "time")),
                constant(Kind.class, data, "kind"),
                constant(Reason.class, data, "reason"),
                text(data, "actor"),
                textOrNone(data, "message"),
                data.has("container") ? RecoveryJson.container(data) : null,
                data.has("incident") ? incident(object(data, "incident")) : null,
                data.has("operation") ? operation(object(data, "operation")) : null,
                data.has("before") ? RecoveryJson.snapshot(object(data, "before")) : null,
                data.has("after") ? RecoveryJson.snapshot(object(data, "after")) : null,
                data.has("tookMillis") ? Duration.ofMillis(number(data, "tookMillis")) : null,
                RecoveryJson.evidence(data),
                flagOrFalse(data, "dryRun"));
    }

    private static Incident incident(JsonNode json) throws NewerException {
        return new Incident(
                text(json, "id"),
                text(json, "condition"),
                textOrNone(json, "code"),
                constant(HealthEvent.Severity.class, json, "severity"),
                RecoveryJson.texts(json, "eventIds"),
                flagOrFalse(json, "drill"));
    }

    private static Operation operation(JsonNode json) throws NewerException {
        return new Operation(
                text(json, "id"),
                constant(Action.class, json, "action"),
                integer(json, "attempt"),
                textOrNone(json, "group"));
    }
}
