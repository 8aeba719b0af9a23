package caretaker.agent.sampling;

import caretaker.agent.nvml.Answer;
import caretaker.agent.nvml.GpuHandle;
import caretaker.agent.nvml.Identity;
import caretaker.agent.nvml.Nvml;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.HostInfo;

/** Reads who the GPUs are and what drives them. */
final class IdentityReader {
    private static final String[] ARCHITECTURES = {
        "",
        "",
        "Kepler",
        "Maxwell",
        "Pascal",
        "Volta",
        "Turing",
        "Ampere",
        "Ada",
        "Hopper",
        "Blackwell",
        "",
        "",
        "Rubin"
    };

    private final Nvml nvml;
    private final CurrentCall call;

    IdentityReader(Nvml nvml, CurrentCall call) {
        this.nvml = nvml;
        this.call = call;
    }

    GpuIdentity gpu(String uuid, GpuHandle gpu) {
        call.begin("nvmlDeviceGetName and its like", uuid);
        try {
            Identity identity = nvml.identity();
            long architecture = identity.architecture(gpu);
            return new GpuIdentity(
                    identity.name(gpu).orElse(""),
                    identity.pciAddress(gpu).busId(),
                    identity.serial(gpu).orElse(""),
                    identity.boardPartNumber(gpu).orElse(""),
                    identity.vbiosVersion(gpu).orElse(""),
                    architecture >= 0 && architecture < ARCHITECTURES.length ? ARCHITECTURES[(int) architecture] : "",
                    capability(identity, gpu),
                    number(identity.minorNumber(gpu)),
                    number(identity.boardId(gpu)),
                    number(identity.moduleId(gpu)));
        } finally {
            call.end();
        }
    }

    private static String capability(Identity identity, GpuHandle gpu) {
        return identity.computeCapability(gpu) == 0 ? identity.computeMajor() + "." + identity.computeMinor() : "";
    }

    private static String number(long answer) {
        return Answer.isValue(answer) ? Long.toString(answer) : "";
    }

    /** With the firmware of one GPU, which stands for all. */
    HostInfo host(GpuHandle gpu, String agentVersion) {
        call.begin("nvmlSystemGetDriverVersion and its like", CurrentCall.NO_GPU);
        try {
            long cuda = nvml.cudaDriverVersion();
            return new HostInfo(
                    nvml.driverVersion().orElse(""),
                    nvml.nvmlVersion().orElse(""),
                    Answer.isValue(cuda) ? cuda / 1000 + "." + cuda % 1000 / 10 : "",
                    gpu.equals(GpuHandle.NONE)
                            ? ""
                            : nvml.identity().gspFirmwareVersion(gpu).orElse(""),
                    agentVersion,
                    "nvml");
        } finally {
            call.end();
        }
    }
}
