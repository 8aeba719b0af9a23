package caretaker.agent.containers;

import caretaker.agent.health.Finding;
import caretaker.agent.health.HealthLedger;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A container that was given GPUs and cannot reach them any more, although the host can: its cgroup has lost the
 * devices, mostly because systemd has reloaded its units. It must be made anew; NVIDIA's container toolkit documents it
 * as "Failed to initialize NVML: Unknown Error".
 */
public final class LostGpu {
    /** Character devices of the NVIDIA driver, by the kernel's list of device numbers. */
    private static final String NVIDIA_MAJOR = "195:";

    /** While one of these is raised, it is the host that has lost its GPUs and not a container. */
    private static final Set<Condition> HOST_TROUBLE = EnumSet.of(
            Condition.GPU_LOST,
            Condition.GPU_HUNG,
            Condition.GPU_DRIVER_GONE,
            Condition.GPU_DRIVER_MISMATCH,
            Condition.GPU_DEVICE_NODES_LOST,
            Condition.GPU_FABRIC_UNHEALTHY);

    private LostGpu() {}

    /** Whether nothing is known to be wrong with the reach of the host's own GPUs. */
    public static boolean isHostWell(HealthLedger ledger) {
        return !ledger.isAnyRaised(HOST_TROUBLE);
    }

    /** Whether a program's output says that NVML does not answer in its container. */
    public static boolean isSaidBy(String output) {
        String text = output.toLowerCase(Locale.ROOT);
        return text.contains("failed to initialize nvml")
                || (text.contains("nvml") && text.contains("unknown error"))
                || (text.contains("nvml") && text.contains("insufficient permissions"));
    }

    /**
     * Whether a cgroup's {@code devices.list} (version 1) lets NVIDIA's devices be opened. Version 2 keeps no list that
     * could be read.
     */
    static boolean allows(String devices) {
        return devices.lines().map(line -> line.strip().split(" ")).anyMatch(LostGpu::isReadableGpu);
    }

    /** For example {@code c 195:0 rwm}, or {@code a *:* rwm} for everything; {@code c *:* m} only makes files. */
    private static boolean isReadableGpu(String[] rule) {
        return rule.length == 3
                && (rule[0].equals("a") || rule[0].equals("c"))
                && (rule[1].startsWith("*:") || rule[1].startsWith(NVIDIA_MAJOR))
                && rule[2].contains("r");
    }

    /** Says so of a container; the evidence has which run it is and how it was seen. */
    public static Finding finding(HealthEvent.Entity container, String name, Map<String, String> evidence) {
        return new Finding(
                Condition.GPU_CONTAINER_LOST_GPU,
                container,
                "",
                name + " has lost its GPUs while the host's are well; it must be made anew",
                evidence);
    }
}
