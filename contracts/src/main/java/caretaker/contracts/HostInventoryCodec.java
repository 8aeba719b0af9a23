package caretaker.contracts;

import static caretaker.contracts.CloudEventJson.array;
import static caretaker.contracts.CloudEventJson.constant;
import static caretaker.contracts.CloudEventJson.escaped;
import static caretaker.contracts.CloudEventJson.flagOrFalse;
import static caretaker.contracts.CloudEventJson.integer;
import static caretaker.contracts.CloudEventJson.number;
import static caretaker.contracts.CloudEventJson.text;
import static caretaker.contracts.CloudEventJson.textOrNone;
import static caretaker.contracts.CloudEventJson.word;

import caretaker.contracts.CloudEventJson.NewerException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns inventories into CloudEvents 1.0 JSON (structured mode) and back.
 *
 * <p>What is empty or unknown is left out. Readers ignore fields that they do not know; no bytes make {@link #decode}
 * throw.
 */
public final class HostInventoryCodec {
    /** CloudEvents {@code type} of an inventory. */
    public static final String TYPE = "caretaker.inventory.v1";

    /** Largest record that is read. */
    public static final int MAX_BYTES = CloudEventJson.MAX_BYTES;

    /** Largest record that is written, with room for what a client of Kafka adds to its default limit of 1 MiB. */
    public static final int MAX_WRITTEN = 900 << 10;

    private static final String SCHEMA = "host-inventory.schema.json";

    /** At most {@link #MAX_WRITTEN} bytes: what is too much is left out and counted, containers first, then GPUs. */
    public byte[] encode(HostInventory inventory) {
        byte[] bytes = CloudEventJson.bytes(event(inventory));
        HostInventory smaller = inventory;
        while (bytes.length > MAX_WRITTEN) {
            smaller = halved(smaller);
            bytes = CloudEventJson.bytes(event(smaller));
        }
        return bytes;
    }

    /** With half of one of its three bounded lists; targets last. */
    private static HostInventory halved(HostInventory inventory) {
        int gpus = inventory.gpus().size();
        int containers = inventory.containers().size();
        int targets = inventory.targets().size();
        if (containers > 0) {
            return inventory.keeping(gpus, containers / 2, targets);
        }
        return gpus > 0 ? inventory.keeping(gpus / 2, 0, targets) : inventory.keeping(0, 0, targets / 2);
    }

    private static ObjectNode event(HostInventory inventory) {
        ObjectNode cloudEvent = CloudEventJson.envelope(
                TYPE,
                "/hosts/" + escaped(inventory.host()) + "/gpu-agent/inventory",
                inventory.id(),
                inventory.time().toString(),
                escaped(inventory.host()),
                SCHEMA);
        ObjectNode data = cloudEvent
                .putObject("data")
                .put("host", inventory.host())
                .put("agentId", inventory.agentId())
                .put("sequence", inventory.sequence())
                .put("intervalMillis", inventory.interval().toMillis());
        putIfAny(data, "address", inventory.address());
        write(data, inventory.software());
        if (inventory.gpusExpected() != HostInventory.UNKNOWN) {
            data.put("gpusExpected", inventory.gpusExpected());
        }
        ArrayNode gpus = data.putArray("gpus");
        inventory.gpus().forEach(gpu -> write(gpus.addObject(), gpu));
        ArrayNode containers = data.putArray("containers");
        inventory.containers().forEach(container -> write(containers.addObject(), container));
        ArrayNode targets = data.putArray("targets");
        inventory.targets().forEach(target -> write(targets.addObject(), target));
        HostInventory.Omitted omitted = inventory.omitted();
        if (!omitted.equals(HostInventory.Omitted.NONE)) {
            data.putObject("omitted")
                    .put("gpus", omitted.gpus())
                    .put("containers", omitted.containers())
                    .put("targets", omitted.targets());
        }
        return cloudEvent;
    }

    private static void write(ObjectNode data, @Nullable HostInfo software) {
        if (software == null) {
            return;
        }
        ObjectNode versions = data.putObject("software");
        putIfAny(versions, "driverVersion", software.driverVersion());
        putIfAny(versions, "nvmlVersion", software.nvmlVersion());
        putIfAny(versions, "cudaVersion", software.cudaVersion());
        putIfAny(versions, "gspFirmwareVersion", software.gspFirmwareVersion());
        putIfAny(versions, "agentVersion", software.agentVersion());
        putIfAny(versions, "backend", software.backend());
    }

    private static void write(ObjectNode json, HostInventory.Gpu gpu) {
        json.put("index", gpu.index()).put("uuid", gpu.uuid());
        putIfAny(json, "name", gpu.name());
        putIfAny(json, "pciBusId", gpu.pciBusId());
        putIfAny(json, "serial", gpu.serial());
        if (gpu.mig()) {
            json.put("mig", true);
        }
    }

    private static void write(ObjectNode json, HostInventory.Container container) {
        json.put("id", container.id()).put("name", container.name());
        putIfAny(json, "image", container.image());
        putIfAny(json, "project", container.project());
        putIfAny(json, "service", container.service());
        if (container.number() != 0) {
            json.put("number", container.number());
        }
        putIfAny(json, "state", container.state());
        putIfAny(json, "health", container.health());
        if (container.startedAt() != null) {
            json.put("startedAt", container.startedAt().toString());
        }
        putIfAny(json, "addresses", container.addresses());
        putIfAny(json, "gpus", container.gpus());
    }

    private static void write(ObjectNode json, HostInventory.Target target) {
        json.put("kind", target.kind())
                .put("job", target.job())
                .put("address", target.address())
                .put("port", target.port())
                .put("path", target.path())
                .put("scheme", word(target.scheme()));
        if (!target.labels().isEmpty()) {
            ObjectNode labels = json.putObject("labels");
            new TreeMap<>(target.labels()).forEach(labels::put);
        }
        putIfAny(json, "containerId", target.containerId());
        putIfAny(json, "containerName", target.containerName());
    }

    private static void putIfAny(ObjectNode json, String field, String text) {
        if (!text.isEmpty()) {
            json.put(field, text);
        }
    }

    private static void putIfAny(ObjectNode json, String field, List<String> texts) {
        if (!texts.isEmpty()) {
            texts.forEach(json.putArray(field)::add);
        }
    }

    /** Reads a record's value, which is null in a record that only deletes. */
    public Decoded<HostInventory> decode(byte @Nullable [] bytes) {
        return CloudEventJson.decode(bytes, HostInventoryCodec::inventory);
    }

    private static HostInventory inventory(JsonNode cloudEvent) throws NewerException {
        CloudEventJson.expect(cloudEvent, TYPE);
        JsonNode data = cloudEvent.path("data");
        JsonNode omitted = CloudEventJson.object(data, "omitted");
        List<HostInventory.Target> targets = new ArrayList<>();
        for (JsonNode target : array(data, "targets")) {
            targets.add(target(target));
        }
        var inventory = new HostInventory(
                text(data, "host"),
                text(data, "agentId"),
                number(data, "sequence"),
                Instant.parse(text(cloudEvent, "time")),
                Duration.ofMillis(number(data, "intervalMillis")),
                textOrNone(data, "address"),
                software(CloudEventJson.object(data, "software")),
                data.has("gpusExpected") ? count(data, "gpusExpected") : HostInventory.UNKNOWN,
                gpus(array(data, "gpus")),
                containers(array(data, "containers")),
                targets,
                new HostInventory.Omitted(
                        count(omitted, "gpus"), count(omitted, "containers"), count(omitted, "targets")));
        if (!inventory.id().equals(text(cloudEvent, "id"))) {
            throw new IllegalArgumentException("an id that is not agentId/sequence");
        }
        return inventory;
    }

    private static @Nullable HostInfo software(JsonNode versions) {
        return versions.isMissingNode()
                ? null
                : new HostInfo(
                        textOrNone(versions, "driverVersion"),
                        textOrNone(versions, "nvmlVersion"),
                        textOrNone(versions, "cudaVersion"),
                        textOrNone(versions, "gspFirmwareVersion"),
                        textOrNone(versions, "agentVersion"),
                        textOrNone(versions, "backend"));
    }

    private static List<HostInventory.Gpu> gpus(JsonNode array) {
        List<HostInventory.Gpu> gpus = new ArrayList<>();
        for (JsonNode gpu : array) {
            gpus.add(new HostInventory.Gpu(
                    integer(gpu, "index"),
                    text(gpu, "uuid"),
                    textOrNone(gpu, "name"),
                    textOrNone(gpu, "pciBusId"),
                    textOrNone(gpu, "serial"),
                    flagOrFalse(gpu, "mig")));
        }
        return gpus;
    }

    private static List<HostInventory.Container> containers(JsonNode array) {
        List<HostInventory.Container> containers = new ArrayList<>();
        for (JsonNode container : array) {
            containers.add(new HostInventory.Container(
                    text(container, "id"),
                    text(container, "name"),
                    textOrNone(container, "image"),
                    textOrNone(container, "project"),
                    textOrNone(container, "service"),
                    count(container, "number"),
                    textOrNone(container, "state"),
                    textOrNone(container, "health"),
                    container.has("startedAt") ? Instant.parse(text(container, "startedAt")) : null,
                    texts(container, "addresses"),
                    texts(container, "gpus")));
        }
        return containers;
    }

    private static HostInventory.Target target(JsonNode target) throws NewerException {
        Map<String, String> labels = new TreeMap<>();
        JsonNode json = CloudEventJson.object(target, "labels");
        json.fieldNames().forEachRemaining(name -> labels.put(name, text(json, name)));
        return new HostInventory.Target(
                text(target, "kind"),
                text(target, "job"),
                text(target, "address"),
                integer(target, "port"),
                text(target, "path"),
                constant(HostInventory.Target.Scheme.class, target, "scheme"),
                labels,
                textOrNone(target, "containerId"),
                textOrNone(target, "containerName"));
    }

    /** A number from 0 that may be left out, which says 0. */
    private static int count(JsonNode object, String field) {
        int count = object.has(field) ? integer(object, field) : 0;
        if (count < 0) {
            throw new IllegalArgumentException("'" + field + "' is " + count);
        }
        return count;
    }

    private static List<String> texts(JsonNode object, String field) {
        List<String> texts = new ArrayList<>();
        for (JsonNode text : array(object, field)) {
            if (!text.isTextual()) {
                throw new IllegalArgumentException("'" + field + "' has what is no text");
            }
            texts.add(text.textValue());
        }
        return texts;
    }
}
