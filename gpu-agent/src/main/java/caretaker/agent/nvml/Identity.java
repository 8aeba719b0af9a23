package caretaker.agent.nvml;

/** Who a GPU is. Read at the start and when something changed, not on the fast path. */
public final class Identity {
    /** Where a GPU sits. The kernel's log writes the bus id shorter: {@code 0000:18:00}. */
    public record PciAddress(int code, String busId, int domain, int bus, int device, int deviceId, int subsystemId) {}

    private static final int UUID_ROOM = 96;
    private static final int NAME_ROOM = 96;
    private static final int SERIAL_ROOM = 30;
    private static final int PART_NUMBER_ROOM = 80;
    private static final int VBIOS_ROOM = 32;
    private static final int FIRMWARE_ROOM = 64;
    private static final int BUS_ID_ROOM = 32;

    private final NativeFunction uuid;
    private final NativeFunction name;
    private final NativeFunction serial;
    private final NativeFunction partNumber;
    private final NativeFunction vbios;
    private final NativeFunction gspFirmware;
    private final NativeFunction pciInfo;
    private final NativeFunction index;
    private final NativeFunction minorNumber;
    private final NativeFunction boardId;
    private final NativeFunction moduleId;
    private final NativeFunction architecture;
    private final NativeFunction computeCapability;
    private final NativeFunction numaNode;
    private final Struct pci;
    private final Scratch scratch = new Scratch(128);
    private int capabilityCode = NvmlReturn.UNINITIALIZED.code();

    Identity(BoundLibrary library) {
        uuid = library.function("nvmlDeviceGetUUID", Shape.LLI);
        name = library.function("nvmlDeviceGetName", Shape.LLI);
        serial = library.function("nvmlDeviceGetSerial", Shape.LLI);
        partNumber = library.function("nvmlDeviceGetBoardPartNumber", Shape.LLI);
        vbios = library.function("nvmlDeviceGetVbiosVersion", Shape.LLI);
        gspFirmware = library.function("nvmlDeviceGetGspFirmwareVersion", Shape.LL);
        pciInfo = library.function("nvmlDeviceGetPciInfo_v3", Shape.LL);
        index = library.function("nvmlDeviceGetIndex", Shape.LL);
        minorNumber = library.function("nvmlDeviceGetMinorNumber", Shape.LL);
        boardId = library.function("nvmlDeviceGetBoardId", Shape.LL);
        moduleId = library.function("nvmlDeviceGetModuleId", Shape.LL);
        architecture = library.function("nvmlDeviceGetArchitecture", Shape.LL);
        computeCapability = library.function("nvmlDeviceGetCudaComputeCapability", Shape.LLL);
        numaNode = library.function("nvmlDeviceGetNumaNodeId", Shape.LL);
        pci = library.struct("nvmlPciInfo_t");
    }

    public TextAnswer uuid(GpuHandle gpu) {
        return text(uuid, gpu, UUID_ROOM);
    }

    public TextAnswer name(GpuHandle gpu) {
        return text(name, gpu, NAME_ROOM);
    }

    public TextAnswer serial(GpuHandle gpu) {
        return text(serial, gpu, SERIAL_ROOM);
    }

    public TextAnswer boardPartNumber(GpuHandle gpu) {
        return text(partNumber, gpu, PART_NUMBER_ROOM);
    }

    public TextAnswer vbiosVersion(GpuHandle gpu) {
        return text(vbios, gpu, VBIOS_ROOM);
    }

    public TextAnswer gspFirmwareVersion(GpuHandle gpu) {
        int code = gspFirmware.call(gpu.address(), scratch.at(0));
        return new TextAnswer(code, code == 0 ? scratch.getText(0, FIRMWARE_ROOM) : "");
    }

    private TextAnswer text(NativeFunction function, GpuHandle gpu, int room) {
        int code = function.call(gpu.address(), scratch.at(0), room);
        return new TextAnswer(code, code == 0 ? scratch.getText(0, room) : "");
    }

    public PciAddress pciAddress(GpuHandle gpu) {
        int code = pciInfo.call(gpu.address(), scratch.at(0));
        if (code != 0) {
            return new PciAddress(code, "", 0, 0, 0, 0, 0);
        }
        return new PciAddress(
                code,
                scratch.getText(pci.offset("busId", BUS_ID_ROOM), BUS_ID_ROOM),
                scratch.getInt(pci.offsetOfInt("domain")),
                scratch.getInt(pci.offsetOfInt("bus")),
                scratch.getInt(pci.offsetOfInt("device")),
                scratch.getInt(pci.offsetOfInt("pciDeviceId")),
                scratch.getInt(pci.offsetOfInt("pciSubSystemId")));
    }

    /** Only a label: it may be another after a reboot. */
    public long index(GpuHandle gpu) {
        return number(index, gpu);
    }

    /** N of {@code /dev/nvidiaN}; not the index. */
    public long minorNumber(GpuHandle gpu) {
        return number(minorNumber, gpu);
    }

    public long boardId(GpuHandle gpu) {
        return number(boardId, gpu);
    }

    public long moduleId(GpuHandle gpu) {
        return number(moduleId, gpu);
    }

    /** 7 Ampere, 8 Ada, 9 Hopper, 10 Blackwell; unknown to the driver: blank. */
    public long architecture(GpuHandle gpu) {
        return number(architecture, gpu);
    }

    public long numaNode(GpuHandle gpu) {
        return number(numaNode, gpu);
    }

    private long number(NativeFunction function, GpuHandle gpu) {
        int code = function.call(gpu.address(), scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getInt(0));
    }

    /** Reads {@link #computeMajor} and {@link #computeMinor}. */
    public int computeCapability(GpuHandle gpu) {
        capabilityCode = computeCapability.call(gpu.address(), scratch.at(0), scratch.at(8));
        return capabilityCode;
    }

    public long computeMajor() {
        return Answer.of(capabilityCode, scratch.getInt(0));
    }

    public long computeMinor() {
        return Answer.of(capabilityCode, scratch.getInt(8));
    }
}
