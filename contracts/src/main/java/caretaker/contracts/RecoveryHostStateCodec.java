package caretaker.contracts;

import static caretaker.contracts.CloudEventJson.integer;
import static caretaker.contracts.CloudEventJson.number;
import static caretaker.contracts.CloudEventJson.object;
import static caretaker.contracts.CloudEventJson.text;
import static caretaker.contracts.CloudEventJson.textOrNone;
import static caretaker.contracts.RecoveryJson.put;

import caretaker.contracts.CloudEventJson.NewerException;
import caretaker.contracts.RecoveryHostState.Breaker;
import caretaker.contracts.RecoveryHostState.Pause;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns states of hosts into CloudEvents 1.0 JSON (structured mode) and back. No bytes make {@link #decode} throw. */
public final class RecoveryHostStateCodec {
    /** CloudEvents {@code type} of a host's state. */
    public static final String TYPE = "caretaker.recovery-host-state.v1";

    private static final String SCHEMA = "recovery-state.schema.json";

    public byte[] encode(RecoveryHostState state) {
        ObjectNode cloudEvent = CloudEventJson.envelope(
                TYPE,
                "/hosts/" + CloudEventJson.escaped(state.host()) + "/recovery-service",
                state.host() + "/" + state.writer().epoch() + "/" + state.revision(),
                state.updatedAt().toString(),
                CloudEventJson.escaped(state.host()),
                SCHEMA);
        ObjectNode data = cloudEvent.putObject("data").put("host", state.host()).put("revision", state.revision());
        RecoveryStateCodec.write(data, state.writer());
        Breaker breaker = state.breaker();
        if (breaker != null) {
            data.putObject("breaker")
                    .put("since", breaker.since().toString())
                    .put("repaired", breaker.repaired())
                    .put("managed", breaker.managed());
            if (breaker.ofHosts()) {
                data.withObject("/breaker").put("ofHosts", true);
            }
        }
        Pause pause = state.pause();
        if (pause != null) {
            ObjectNode json = data.putObject("pause").put("since", pause.since().toString());
            put(json, "until", pause.until());
            json.put("by", pause.by()).put("reason", pause.reason());
        }
        if (!state.illnesses().isEmpty()) {
            ObjectNode json = data.putObject("illnesses");
            state.illnesses().forEach((name, since) -> json.put(name, since.toString()));
        }
        return CloudEventJson.bytes(cloudEvent);
    }

    /** Reads a record's value; none says that the host is forgotten. */
    public Decoded<RecoveryHostState> decode(byte @Nullable [] bytes) {
        return CloudEventJson.decode(bytes, RecoveryHostStateCodec::state);
    }

    private static RecoveryHostState state(JsonNode cloudEvent) throws NewerException {
        CloudEventJson.expect(cloudEvent, TYPE);
        JsonNode data = cloudEvent.path("data");
        return new RecoveryHostState(
                text(data, "host"),
                number(data, "revision"),
                RecoveryStateCodec.writer(data),
                RecoveryJson.time(cloudEvent, "time"),
                data.has("breaker") ? breaker(object(data, "breaker")) : null,
                data.has("pause") ? pause(object(data, "pause")) : null,
                illnesses(data));
    }

    private static Map<String, Instant> illnesses(JsonNode data) {
        Map<String, Instant> illnesses = new TreeMap<>();
        CloudEventJson.texts(data, "illnesses").forEach((name, since) -> illnesses.put(name, Instant.parse(since)));
        return illnesses;
    }

    private static Breaker breaker(JsonNode json) {
        return new Breaker(
                RecoveryJson.time(json, "since"),
                integer(json, "repaired"),
                integer(json, "managed"),
                json.path("ofHosts").asBoolean(false));
    }

    private static Pause pause(JsonNode json) {
        return new Pause(
                RecoveryJson.time(json, "since"),
                RecoveryJson.timeOrNone(json, "until"),
                text(json, "by"),
                textOrNone(json, "reason"));
    }
}
