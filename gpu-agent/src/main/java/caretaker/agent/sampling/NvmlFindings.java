package caretaker.agent.sampling;

import caretaker.agent.health.Finding;
import caretaker.agent.nvml.NvmlReturn;
import caretaker.agent.nvml.Treatment;
import caretaker.contracts.Condition;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is wrong, as far as only the driver's result codes tell. */
final class NvmlFindings {
    private final String host;
    private final DeviceNodes nodes;

    NvmlFindings(String host, DeviceNodes nodes) {
        this.host = host;
        this.nodes = nodes;
    }

    /** Whether a code says more of a GPU that does not answer than that it is not there. */
    static boolean tellsWhy(NvmlReturn code) {
        return switch (code.treatment()) {
            case BOARD_FAULT, NO_DEVICE_NODES, NO_PERMISSION, UNKNOWN -> true;
            default -> false;
        };
    }

    /** The driver as a whole does not answer. */
    Finding driver(NvmlReturn code, int gpus) {
        Condition condition = Condition.GPU_DRIVER_GONE;
        String message = "the NVIDIA driver does not answer: " + code;
        if (code.treatment() == Treatment.DRIVER_CHANGED) {
            condition = Condition.GPU_DRIVER_MISMATCH;
            message = "the driver was changed under the agent, which has to be started again";
        } else if (isNodesLost(code, -1)) {
            condition = Condition.GPU_DEVICE_NODES_LOST;
            message = "the driver's device nodes are lost to the agent, which has to be started anew: " + code;
        }
        return new Finding(
                condition,
                Finding.host(host),
                Integer.toString(code.code()),
                message,
                Map.of("code", code.name(), "gpus", Integer.toString(gpus)));
    }

    /** A code that is always about device nodes, or one that may be, with a look at the nodes. */
    private boolean isNodesLost(NvmlReturn code, long minor) {
        return switch (code) {
            case OPERATING_SYSTEM -> true;
            case UNKNOWN, NO_PERMISSION -> nodes.isLost(minor);
            default -> false;
        };
    }

    /** GPUs that the driver lists and gives no access to, by their index. */
    void inaccessible(Map<Integer, NvmlReturn> byIndex, List<Finding> to) {
        Map<Condition, Map<Integer, NvmlReturn>> byCondition = new TreeMap<>();
        byIndex.forEach((index, code) -> {
            Condition condition = isNodesLost(code, -1) ? Condition.GPU_DEVICE_NODES_LOST : ofBoard(code);
            if (condition != null) {
                byCondition.computeIfAbsent(condition, _ -> new TreeMap<>()).put(index, code);
            }
        });
        byCondition.forEach((condition, codes) -> {
            NvmlReturn code = codes.values().iterator().next();
            String indices = codes.keySet().stream().map(String::valueOf).collect(Collectors.joining(","));
            to.add(new Finding(
                    condition,
                    Finding.host(host),
                    Integer.toString(code.code()),
                    "the driver gives no access to GPU " + indices + ": " + what(code),
                    Map.of("indices", indices, "code", code.name())));
        });
    }

    /** What a GPU's own codes say. */
    void gpu(NvmlGpu gpu, List<Finding> to) {
        switch (gpu.state) {
            case LOST -> {
                if (isNodesLost(gpu.trouble, gpu.minorNumber())) {
                    to.add(finding(Condition.GPU_DEVICE_NODES_LOST, gpu, "cannot be reached", gpu.trouble));
                } else {
                    to.add(finding(Condition.GPU_LOST, gpu, "is lost", gpu.trouble));
                }
            }
            case RESET_REQUIRED -> to.add(finding(Condition.GPU_RESET_REQUIRED, gpu, "must be reset", gpu.trouble));
            case OK, DEGRADED, HUNG, UNBOUND -> {}
        }
        NvmlReturn fault = gpu.isLost() ? gpu.trouble : gpu.fault;
        Condition ofBoard = fault == null ? null : ofBoard(fault);
        if (fault != null && ofBoard != null) {
            to.add(finding(ofBoard, gpu, what(fault), fault));
        }
    }

    private static @Nullable Condition ofBoard(NvmlReturn code) {
        return switch (code) {
            case INSUFFICIENT_POWER -> Condition.GPU_POWER_CABLE;
            case IRQ_ISSUE -> Condition.GPU_INTERRUPTS;
            default -> null;
        };
    }

    private static String what(NvmlReturn code) {
        return switch (code) {
            case INSUFFICIENT_POWER -> "has not enough power; look at its power cables";
            case IRQ_ISSUE -> "gets no interrupts";
            case OPERATING_SYSTEM, UNKNOWN, NO_PERMISSION -> "its device node is lost";
            default -> code.name();
        };
    }

    private static Finding finding(Condition condition, NvmlGpu gpu, String what, NvmlReturn code) {
        boolean isTrouble = code == gpu.trouble;
        String call = isTrouble ? gpu.troubledCall : gpu.faultyCall;
        return new Finding(
                condition,
                Finding.gpu(gpu.uuid, gpu.index),
                Integer.toString(code.code()),
                "GPU " + gpu.index + " " + what + ": " + call + " gave " + code,
                Map.of("call", call, "code", code.name()));
    }
}
