package caretaker.contracts;

import static caretaker.contracts.CloudEventJson.text;
import static caretaker.contracts.CloudEventJson.textOrNone;

import caretaker.contracts.CloudEventJson.NewerException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Turns locks into CloudEvents 1.0 JSON (structured mode) and back. No bytes make {@link #decode} throw. */
public final class MaintenanceLockCodec {
    /** CloudEvents {@code type} of a lock. */
    public static final String TYPE = "caretaker.maintenance.v1";

    private static final String SCHEMA = "maintenance-lock.schema.json";

    public byte[] encode(MaintenanceLock lock) {
        ObjectNode cloudEvent = CloudEventJson.envelope(
                TYPE,
                "/maintenance/" + CloudEventJson.escaped(lock.holder()),
                lock.key() + "/" + lock.since(),
                lock.since().toString(),
                CloudEventJson.escaped(lock.containers()),
                SCHEMA);
        ObjectNode data = cloudEvent
                .putObject("data")
                .put("host", lock.host())
                .put("containers", lock.containers())
                .put("holder", lock.holder());
        RecoveryJson.put(data, "reason", lock.reason());
        data.put("since", lock.since().toString()).put("until", lock.until().toString());
        return CloudEventJson.bytes(cloudEvent);
    }

    /** Reads a record's value; none says that the lock has been given back. */
    public Decoded<MaintenanceLock> decode(byte @Nullable [] bytes) {
        return CloudEventJson.decode(bytes, MaintenanceLockCodec::lock);
    }

    private static MaintenanceLock lock(JsonNode cloudEvent) throws NewerException {
        CloudEventJson.expect(cloudEvent, TYPE);
        JsonNode data = cloudEvent.path("data");
        return new MaintenanceLock(
                text(data, "host"),
                text(data, "containers"),
                text(data, "holder"),
                textOrNone(data, "reason"),
                RecoveryJson.time(data, "since"),
                RecoveryJson.time(data, "until"));
    }
}
