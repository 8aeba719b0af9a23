package caretaker.agent.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which GPUs a container was given: by {@code --gpus}, by a CDI device, by NVIDIA's runtime, or by device files.
 *
 * <p>{@code NVIDIA_VISIBLE_DEVICES} alone says nothing: NVIDIA's images set it, and without NVIDIA's runtime nobody
 * reads it.
 */
final class GpuRequests {
    private static final int MAX = 64;
    private static final String VISIBLE = "NVIDIA_VISIBLE_DEVICES=";
    private static final Pattern DEVICE = Pattern.compile("/dev/nvidia([0-9]{1,4})");

    private GpuRequests() {}

    /**
     * What an inspection tells.
     *
     * @param host its {@code HostConfig}
     * @param environment its {@code Env}
     */
    static List<String> of(JsonNode host, JsonNode environment) {
        List<String> gpus = new ArrayList<>();
        host.path("DeviceRequests").forEach(request -> add(request, gpus));
        if (host.path("Runtime").asText("").contains("nvidia")) {
            environment.forEach(variable -> {
                if (variable.asText("").startsWith(VISIBLE)) {
                    visible(variable.asText("").substring(VISIBLE.length()), gpus);
                }
            });
        }
        for (JsonNode device : host.path("Devices")) {
            Matcher matcher = DEVICE.matcher(device.path("PathInContainer").asText(""));
            if (matcher.matches()) {
                gpus.add(matcher.group(1));
            }
        }
        return gpus.stream().distinct().limit(MAX).toList();
    }

    private static void add(JsonNode request, List<String> gpus) {
        List<String> ids = words(request.path("DeviceIDs"));
        if (!isForGpus(request, ids)) {
            return;
        }
        if (ids.isEmpty()) {
            int count = request.path("Count").asInt(-1);
            gpus.add(count < 0 ? "all" : "count=" + count);
        } else {
            gpus.addAll(ids);
        }
    }

    private static boolean isForGpus(JsonNode request, List<String> ids) {
        for (JsonNode all : request.path("Capabilities")) {
            if (words(all).contains("gpu")) {
                return true;
            }
        }
        return ids.stream().anyMatch(id -> id.startsWith("nvidia.com/gpu="))
                || request.path("Driver").asText("").equals("nvidia");
    }

    private static List<String> words(JsonNode array) {
        List<String> words = new ArrayList<>();
        array.forEach(word -> words.add(word.asText("")));
        return words;
    }

    private static void visible(String value, List<String> gpus) {
        switch (value) {
            case "", "void", "none" -> {}
            default -> gpus.addAll(List.of(value.split(",")));
        }
    }
}
