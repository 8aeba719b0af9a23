package caretaker.recovery.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** What was found of a container before something is done about it, as one JSON document of at most 1 MiB. */
final class Bundle {
    static final int MAX_BYTES = 1 << 20;

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> MEMORY = List.of("MemTotal", "MemFree", "MemAvailable", "SwapTotal", "SwapFree");

    private Bundle() {}

    static byte[] of(String incident, Instant at, Inspection container, List<String> log, Path data) {
        JsonNode state = container.raw().path("State");
        ObjectNode bundle = JSON.objectNode();
        bundle.put("incident", incident)
                .put("at", at.toString())
                .put("container", container.name())
                .put("containerId", container.id())
                .put("image", container.image())
                .put("imageId", container.raw().path("Image").asText(""))
                .put("exitCode", state.path("ExitCode").asInt(0))
                .put("oomKilled", state.path("OOMKilled").asBoolean(false));
        bundle.set("host", host(data));
        bundle.set("health", Redacting.inspection(state.path("Health")));
        bundle.set("inspect", Redacting.inspection(container.raw()));
        byte[] bytes = with(bundle, log);
        List<String> kept = log;
        while (bytes.length > MAX_BYTES && !kept.isEmpty()) {
            kept = kept.subList((kept.size() + 1) / 2, kept.size());
            bytes = with(bundle.put("logCut", true), kept);
        }
        if (bytes.length > MAX_BYTES) {
            bundle.put("inspect", "left out: too large");
            bytes = with(bundle, kept);
        }
        if (bytes.length > MAX_BYTES) {
            bundle.put("health", "left out: too large");
            bytes = with(bundle, kept);
        }
        return bytes;
    }

    private static byte[] with(ObjectNode bundle, List<String> log) {
        ArrayNode lines = bundle.putArray("log");
        log.forEach(lines::add);
        return bundle.toPrettyString().getBytes(UTF_8);
    }

    private static ObjectNode host(Path data) {
        ObjectNode host = JSON.objectNode();
        disk(host.putObject("diskOfData"), data);
        disk(host.putObject("diskOfRoot"), Path.of("/"));
        ObjectNode memory = host.putObject("memory");
        try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
            lines.limit(100).forEach(line -> {
                String[] words = line.split(":?\\s+", 3);
                if (words.length > 1 && MEMORY.contains(words[0]) && words[1].matches("[0-9]{1,15}")) {
                    memory.put(words[0] + "Kibibytes", Long.parseLong(words[1]));
                }
            });
        } catch (IOException e) {
            memory.put("error", Refusal.line(e.toString()));
        }
        return host;
    }

    private static void disk(ObjectNode into, Path path) {
        try {
            Path there = path;
            while (Files.notExists(there) && there.getParent() != null) {
                there = there.getParent();
            }
            var store = Files.getFileStore(there);
            into.put("path", path.toString())
                    .put("freeBytes", store.getUsableSpace())
                    .put("totalBytes", store.getTotalSpace());
        } catch (IOException e) {
            into.put("error", Refusal.line(e.toString()));
        }
    }
}
