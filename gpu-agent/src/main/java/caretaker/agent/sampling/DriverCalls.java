package caretaker.agent.sampling;

import caretaker.agent.nvml.NvmlReturn;
import caretaker.agent.nvml.Treatment;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps book of the calls about GPUs: for the watchdog before each, for the metrics after each. */
final class DriverCalls {
    private static final Logger LOGGER = LoggerFactory.getLogger(DriverCalls.class);

    private final CurrentCall call;
    private final DriverListener listener;
    private final Set<String> forbidden = new HashSet<>();
    private String function = "";

    DriverCalls(CurrentCall call, DriverListener listener) {
        this.call = call;
        this.listener = listener;
    }

    void begin(String name, NvmlGpu gpu) {
        function = name;
        call.begin(name, gpu.uuid);
    }

    void end() {
        listener.called(function, call.end());
    }

    /** The function that was called last. */
    String last() {
        return function;
    }

    DriverListener listener() {
        return listener;
    }

    /** Takes note that the last call gave no answer. */
    void failed(NvmlReturn result, NvmlGpu gpu) {
        gpu.trouble = result;
        gpu.troubledCall = function;
        switch (result.treatment()) {
            case OK, BLANK, NOTHING -> {}
            case NO_PERMISSION -> {
                listener.failed(function, gpu.index, result.name());
                if (forbidden.add(function)) {
                    LOGGER.atWarn()
                            .addKeyValue("call", function)
                            .log("the driver does not permit this call; it may need root or CAP_SYS_ADMIN");
                }
            }
            case BOARD_FAULT -> {
                listener.failed(function, gpu.index, result.name());
                gpu.boardFault(result, function);
            }
            default -> listener.failed(function, gpu.index, result.name());
        }
    }

    /** Whether asking again is of no use until the GPU is set up in another way. */
    static boolean isLeftOut(NvmlReturn result) {
        return switch (result.treatment()) {
            case NOT_SUPPORTED, NO_PERMISSION, OLDER_VERSION -> true;
            default -> false;
        };
    }

    /** Whether a result is about the whole GPU or host, so that more questions would get the same answer. */
    static boolean endsPoll(NvmlReturn result) {
        return switch (result.treatment()) {
            case LOST, RESET_REQUIRED -> true;
            default -> concernsHost(result.treatment());
        };
    }

    static boolean concernsHost(Treatment treatment) {
        return treatment == Treatment.REINITIALIZE
                || treatment == Treatment.DRIVER_GONE
                || treatment == Treatment.DRIVER_CHANGED;
    }
}
