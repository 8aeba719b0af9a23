package caretaker.agent.docker;

import com.github.dockerjava.api.model.Device;
import com.github.dockerjava.api.model.DeviceRequest;
import com.github.dockerjava.api.model.HostConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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

    static List<String> of(HostConfig host, String[] environment) {
        List<String> gpus = new ArrayList<>();
        if (host.getDeviceRequests() != null) {
            host.getDeviceRequests().forEach(request -> add(request, gpus));
        }
        if (host.getRuntime() != null && host.getRuntime().contains("nvidia")) {
            for (String variable : environment) {
                if (variable != null && variable.startsWith(VISIBLE)) {
                    visible(variable.substring(VISIBLE.length()), gpus);
                }
            }
        }
        for (Device device : host.getDevices() == null ? new Device[0] : host.getDevices()) {
            Matcher matcher = DEVICE.matcher(device.getPathInContainer() == null ? "" : device.getPathInContainer());
            if (matcher.matches()) {
                gpus.add(matcher.group(1));
            }
        }
        return gpus.stream().distinct().limit(MAX).toList();
    }

    private static void add(@Nullable DeviceRequest request, List<String> gpus) {
        if (request == null || !isForGpus(request)) {
            return;
        }
        if (request.getDeviceIds() != null && !request.getDeviceIds().isEmpty()) {
            gpus.addAll(request.getDeviceIds());
        } else {
            int count = request.getCount() == null ? -1 : request.getCount();
            gpus.add(count < 0 ? "all" : "count=" + count);
        }
    }

    private static boolean isForGpus(DeviceRequest request) {
        boolean capable = request.getCapabilities() != null
                && request.getCapabilities().stream().anyMatch(any -> any != null && any.contains("gpu"));
        boolean cdi = request.getDeviceIds() != null
                && request.getDeviceIds().stream().anyMatch(id -> id != null && id.startsWith("nvidia.com/gpu="));
        return capable || cdi || "nvidia".equals(request.getDriver());
    }

    private static void visible(String value, List<String> gpus) {
        switch (value) {
            case "", "void", "none" -> {}
            default -> gpus.addAll(List.of(value.split(",")));
        }
    }
}
