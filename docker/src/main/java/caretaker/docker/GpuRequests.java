package caretaker.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * Which GPUs a container was given: by {@code --gpus}, by a CDI device, by NVIDIA's runtime, or by device files.
 *
 * <p>{@code NVIDIA_VISIBLE_DEVICES} alone says nothing: NVIDIA's images set it, and without NVIDIA's runtime nobody
 * reads it.
 */
public final class GpuRequests {
    private static final int MAX = 64;
    private static final String ALL = "all";
    private static final String COUNT = "count=";
    private static final String VISIBLE = "NVIDIA_VISIBLE_DEVICES=";
    private static final Pattern DEVICE = Pattern.compile("/dev/nvidia([0-9]{1,4})");

    private GpuRequests() {}

    /**
     * UUIDs or numbers, {@code all}, or {@code count=N}.
     *
     * @param inspected what the engine says of the container
     */
    public static List<String> of(JsonNode inspected) {
        JsonNode host = inspected.path("HostConfig");
        List<String> gpus = new ArrayList<>();
        for (JsonNode request : host.path("DeviceRequests")) {
            requested(request, gpus);
        }
        if (host.path("Runtime").asText("").contains("nvidia")) {
            for (JsonNode variable : inspected.path("Config").path("Env")) {
                if (variable.asText("").startsWith(VISIBLE)) {
                    visible(variable.asText("").substring(VISIBLE.length()), gpus);
                }
            }
        }
        for (JsonNode device : host.path("Devices")) {
            Matcher matcher = DEVICE.matcher(device.path("PathInContainer").asText(""));
            if (matcher.matches()) {
                gpus.add(matcher.group(1));
            }
        }
        return gpus.stream().distinct().limit(MAX).toList();
    }

    private static void requested(JsonNode request, List<String> gpus) {
        List<String> ids = texts(request.path("DeviceIDs"));
        boolean capable = StreamSupport.stream(request.path("Capabilities").spliterator(), false)
                .anyMatch(any -> texts(any).contains("gpu"));
        boolean cdi = ids.stream().anyMatch(id -> id.startsWith("nvidia.com/gpu="));
        if (!capable && !cdi && !request.path("Driver").asText("").equals("nvidia")) {
            return;
        }
        if (!ids.isEmpty()) {
            gpus.addAll(ids);
        } else {
            int count = request.path("Count").asInt(-1);
            gpus.add(count < 0 ? ALL : COUNT + count);
        }
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(node -> node.asText(""))
                .toList();
    }

    private static void visible(String value, List<String> gpus) {
        switch (value) {
            case "", "void", "none" -> {}
            default -> gpus.addAll(List.of(value.split(",")));
        }
    }

    /** How many they are, if that is known. */
    public static Optional<Integer> number(List<String> gpus) {
        int number = 0;
        for (String gpu : gpus) {
            if (gpu.equals(ALL) || gpu.endsWith("=" + ALL)) {
                return Optional.empty();
            }
            number += gpu.startsWith(COUNT) ? Integer.parseInt(gpu.substring(COUNT.length())) : 1;
        }
        return number == 0 ? Optional.empty() : Optional.of(number);
    }
}
