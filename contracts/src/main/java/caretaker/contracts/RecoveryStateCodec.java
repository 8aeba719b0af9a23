package caretaker.contracts;

import static caretaker.contracts.CloudEventJson.constant;
import static caretaker.contracts.CloudEventJson.flagOrFalse;
import static caretaker.contracts.CloudEventJson.integer;
import static caretaker.contracts.CloudEventJson.number;
import static caretaker.contracts.CloudEventJson.object;
import static caretaker.contracts.CloudEventJson.text;
import static caretaker.contracts.CloudEventJson.textOrNone;
import static caretaker.contracts.CloudEventJson.word;
import static caretaker.contracts.RecoveryJson.put;

import caretaker.contracts.CloudEventJson.NewerException;
import caretaker.contracts.RecoveryState.Incident;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.contracts.RecoveryState.Quarantine;
import caretaker.contracts.RecoveryState.Writer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Turns states into CloudEvents 1.0 JSON (structured mode) and back. No bytes make {@link #decode} throw. */
public final class RecoveryStateCodec {
    /** CloudEvents {@code type} of a container's state. */
    public static final String TYPE = "caretaker.recovery-state.v1";

    private static final String SCHEMA = "recovery-state.schema.json";

    public byte[] encode(RecoveryState state) {
        ObjectNode cloudEvent = CloudEventJson.envelope(
                TYPE,
                "/hosts/" + CloudEventJson.escaped(state.host()) + "/recovery-service",
                state.key() + "/" + state.writer().epoch() + "/" + state.revision(),
                state.updatedAt().toString(),
                CloudEventJson.escaped(state.container().name()),
                SCHEMA);
        ObjectNode data = cloudEvent.putObject("data").put("host", state.host());
        put(data, state.container());
        data.put("revision", state.revision());
        write(data, state.writer());
        data.put("phase", word(state.phase()));
        put(data, "due", state.due());
        write(data, state.incident());
        write(data, state.operation());
        put(data, "attempts", state.attempts());
        put(data, "changes", state.changes());
        put(data, "wellSince", state.wellSince());
        Quarantine quarantine = state.quarantine();
        if (quarantine != null) {
            ObjectNode json = data.putObject("quarantine").put("reason", word(quarantine.reason()));
            put(json, "since", quarantine.since());
            put(json, "until", quarantine.until());
            json.put("by", quarantine.by()).put("message", quarantine.message());
        }
        put(data, "handled", state.handled());
        return CloudEventJson.bytes(cloudEvent);
    }

    static void write(ObjectNode data, Writer writer) {
        data.putObject("writer").put("instance", writer.instance()).put("epoch", writer.epoch());
    }

    private static void write(ObjectNode data, @Nullable Incident incident) {
        if (incident == null) {
            return;
        }
        ObjectNode json = data.putObject("incident").put("id", incident.id()).put("condition", incident.condition());
        put(json, "code", incident.code());
        json.put("severity", word(incident.severity()));
        put(json, "since", incident.since());
        put(json, "containerId", incident.containerId());
        put(json, "startedAt", incident.startedAt());
        put(json, "eventIds", incident.eventIds());
        json.put("playbook", incident.playbook()).put("rung", incident.rung());
        put(json, "waitingFor", incident.waitingFor());
        put(json, "dryRun", incident.dryRun());
        put(json, "drill", incident.drill());
    }

    private static void write(ObjectNode data, @Nullable Operation operation) {
        if (operation == null) {
            return;
        }
        ObjectNode json = data.putObject("operation")
                .put("id", operation.id())
                .put("action", word(operation.action()))
                .put("attempt", operation.attempt())
                .put("actor", operation.actor());
        put(json, "reservedAt", operation.reservedAt());
        put(json, "deadline", operation.deadline());
        put(json, "before", operation.before());
        put(json, "unsettled", operation.unsettled());
        put(json, operation.evidence());
    }

    /** Reads a record's value; none says that the container is forgotten. */
    public Decoded<RecoveryState> decode(byte @Nullable [] bytes) {
        return CloudEventJson.decode(bytes, RecoveryStateCodec::state);
    }

    private static RecoveryState state(JsonNode cloudEvent) throws NewerException {
        CloudEventJson.expect(cloudEvent, TYPE);
        JsonNode data = cloudEvent.path("data");
        return new RecoveryState(
                text(data, "host"),
                RecoveryJson.container(data),
                number(data, "revision"),
                writer(data),
                RecoveryJson.time(cloudEvent, "time"),
                constant(Phase.class, data, "phase"),
                RecoveryJson.timeOrNone(data, "due"),
                data.has("incident") ? incident(object(data, "incident")) : null,
                data.has("operation") ? operation(object(data, "operation")) : null,
                RecoveryJson.times(data, "attempts"),
                RecoveryJson.times(data, "changes"),
                RecoveryJson.timeOrNone(data, "wellSince"),
                data.has("quarantine") ? quarantine(object(data, "quarantine")) : null,
                RecoveryJson.texts(data, "handled"));
    }

    static Writer writer(JsonNode data) {
        JsonNode json = object(data, "writer");
        return new Writer(text(json, "instance"), number(json, "epoch"));
    }

    private static Incident incident(JsonNode json) throws NewerException {
        return new Incident(
                text(json, "id"),
                text(json, "condition"),
                textOrNone(json, "code"),
                constant(HealthEvent.Severity.class, json, "severity"),
                RecoveryJson.time(json, "since"),
                textOrNone(json, "containerId"),
                RecoveryJson.timeOrNone(json, "startedAt"),
                RecoveryJson.texts(json, "eventIds"),
                text(json, "playbook"),
                integer(json, "rung"),
                textOrNone(json, "waitingFor"),
                flagOrFalse(json, "dryRun"),
                flagOrFalse(json, "drill"));
    }

    private static Operation operation(JsonNode json) throws NewerException {
        return new Operation(
                text(json, "id"),
                constant(RecoveryEvent.Action.class, json, "action"),
                integer(json, "attempt"),
                text(json, "actor"),
                RecoveryJson.time(json, "reservedAt"),
                RecoveryJson.time(json, "deadline"),
                RecoveryJson.snapshot(object(json, "before")),
                flagOrFalse(json, "unsettled"),
                RecoveryJson.evidence(json));
    }

    private static Quarantine quarantine(JsonNode json) throws NewerException {
        return new Quarantine(
                constant(RecoveryEvent.Reason.class, json, "reason"),
                RecoveryJson.time(json, "since"),
                RecoveryJson.timeOrNone(json, "until"),
                text(json, "by"),
                textOrNone(json, "message"));
    }
}
