package caretaker.agent.containers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Looks whether containers that were given GPUs may still open them, without running anything in them: version 1 of
 * cgroups has a list of devices for each group. Version 2 keeps that in a program in the kernel that nobody can read
 * back; there a lost GPU is known by what a health check or a dcgm-exporter says.
 */
public final class GpuDevices {
    private static final long MAX_BYTES = 1 << 20;

    private final CgroupLookup lookup;
    private final Path cgroupRoot;

    /** @param cgroupRoot the host's {@code /sys/fs/cgroup} */
    public GpuDevices(CgroupLookup lookup, Path cgroupRoot) {
        this.lookup = lookup;
        this.cgroupRoot = cgroupRoot;
    }

    /** Looks at each container with GPUs; what cannot be read says nothing. */
    public void look(ContainerWatch watch) {
        for (Map.Entry<String, Long> container : watch.gpuContainers().entrySet()) {
            try {
                watch.gpuDevices(container.getKey(), isGone(container.getValue()));
            } catch (IOException e) {
                watch.gpuDevices(container.getKey(), false);
            }
        }
    }

    private boolean isGone(long pid) throws IOException {
        String path = lookup.read(pid).paths().get("devices");
        if (path == null) {
            return false; // version 2
        }
        Path list = cgroupRoot
                .resolve("devices")
                .resolve(path.substring(1))
                .resolve("devices.list")
                .normalize();
        if (!list.startsWith(cgroupRoot) || !Files.isReadable(list) || Files.size(list) > MAX_BYTES) {
            return false;
        }
        return !LostGpu.allows(Files.readString(list));
    }
}
