package caretaker.recovery;

import caretaker.recovery.playbook.LogPatterns;
import caretaker.recovery.report.Findings;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a bundle of evidence back for a report. It holds no secret: those were taken out when it was saved. */
record Evidence(LogPatterns patterns) {
    private static final Logger LOGGER = LoggerFactory.getLogger(Evidence.class);

    /** What of an inspection matters to who reads a report. */
    private static final Map<String, String> CONFIGURATION = Map.of(
            "image", "/Config/Image",
            "restart policy", "/HostConfig/RestartPolicy/Name",
            "memory limit", "/HostConfig/Memory",
            "network mode", "/HostConfig/NetworkMode",
            "user", "/Config/User",
            "mounts", "/HostConfig/Binds");

    /** What the bundle says; nothing if it is gone or cannot be read. */
    Findings read(Path file, List<String> never) {
        JsonNode bundle;
        try {
            bundle = new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            LOGGER.atWarn().setCause(e).addKeyValue("file", file).log("evidence cannot be read");
            return Findings.NONE;
        }
        List<String> log = texts(bundle.path("log"));
        JsonNode inspect = bundle.path("inspect");
        List<String> lines = new ArrayList<>(log);
        lines.add(inspect.at("/State/Error").asText());
        return new Findings(
                log,
                metrics(bundle.path("host")),
                texts(inspect.at("/Config/Env")),
                configuration(inspect),
                patterns.of(
                        bundle.path("image").asText() + " "
                                + bundle.path("container").asText(),
                        lines),
                never);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    private static Map<String, String> metrics(JsonNode host) {
        Map<String, String> metrics = new TreeMap<>();
        host.properties()
                .forEach(group -> group.getValue().properties().stream()
                        .filter(value -> value.getValue().isNumber())
                        .forEach(value -> metrics.put(
                                group.getKey() + "." + value.getKey(),
                                value.getValue().asText())));
        return metrics;
    }

    private static Map<String, String> configuration(JsonNode inspect) {
        Map<String, String> configuration = new TreeMap<>();
        CONFIGURATION.forEach((name, path) -> {
            JsonNode value = inspect.at(path);
            String text = value.isValueNode() ? value.asText() : value.isMissingNode() ? "" : value.toString();
            if (!text.isEmpty() && !text.equals("null")) {
                configuration.put(name, text);
            }
        });
        return configuration;
    }
}
