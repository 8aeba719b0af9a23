package caretaker.agent.nvml;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The NVIDIA management library. It and what it gives out belong to one platform thread, see the package's comment.
 * Order: {@link #open}, {@link #init}, then anything; after {@link #shutdown} only {@link #init}, and all handles and
 * event sets are gone.
 */
public final class Nvml {
    /** The library's name on every Linux with an NVIDIA driver. */
    public static final String DEFAULT_LIBRARY = "libnvidia-ml.so.1";

    /** For {@link #initWithFlags}: succeed on a host whose GPUs are all gone. */
    public static final int FLAG_NO_GPUS = 1;

    private static final int TEXT_ROOM = 80;

    private final BoundLibrary library;
    private final NativeFunction init;
    private final NativeFunction initWithFlags;
    private final NativeFunction shutdown;
    private final NativeFunction errorString;
    private final NativeFunction driverVersion;
    private final NativeFunction nvmlVersion;
    private final NativeFunction cudaDriverVersion;
    private final NativeFunction count;
    private final NativeFunction handleByIndex;
    private final NativeFunction handleByUuid;
    private final NativeFunction handleByBusId;
    private final Scratch scratch = new Scratch(128);
    private final Identity identity;
    private final Load load;
    private final Sensors sensors;
    private final Pcie pcie;
    private final MemoryHealth memoryHealth;
    private final Links links;
    private final Modes modes;
    private final Mig mig;

    private Nvml(BoundLibrary library) {
        this.library = library;
        init = library.function("nvmlInit_v2", Shape.NOTHING);
        initWithFlags = library.function("nvmlInitWithFlags", Shape.I);
        shutdown = library.function("nvmlShutdown", Shape.NOTHING);
        errorString = library.function("nvmlErrorString", Shape.I_TO_TEXT);
        driverVersion = library.function("nvmlSystemGetDriverVersion", Shape.LI);
        nvmlVersion = library.function("nvmlSystemGetNVMLVersion", Shape.LI);
        cudaDriverVersion = library.function("nvmlSystemGetCudaDriverVersion", Shape.L);
        count = library.function("nvmlDeviceGetCount_v2", Shape.L);
        handleByIndex = library.function("nvmlDeviceGetHandleByIndex_v2", Shape.IL);
        handleByUuid = library.function("nvmlDeviceGetHandleByUUID", Shape.LL);
        handleByBusId = library.function("nvmlDeviceGetHandleByPciBusId_v2", Shape.LL);
        identity = new Identity(library);
        load = new Load(library);
        sensors = new Sensors(library);
        pcie = new Pcie(library);
        memoryHealth = new MemoryHealth(library);
        links = new Links(library);
        modes = new Modes(library);
        mig = new Mig(library);
    }

    /** Loads a library by name or path. It stays loaded as long as the process lives. */
    @SuppressWarnings("restricted") // this package is the one that binds native code
    public static Opening open(String library) {
        SymbolLookup symbols;
        try {
            symbols = SymbolLookup.libraryLookup(library, Arena.global());
        } catch (IllegalArgumentException e) {
            return new Opening.NoDriver(library, library + " not found");
        }
        if (symbols.find("nvmlInit_v2").isEmpty()) {
            return new Opening.NoDriver(library, library + " is not NVIDIA's management library");
        }
        return new Opening.Opened(new Nvml(new BoundLibrary(Description.read(), symbols)));
    }

    /** Counted by the library: each success needs one {@link #shutdown}. */
    public int init() {
        return init.call();
    }

    public int initWithFlags(int flags) {
        return initWithFlags.call(flags);
    }

    public int shutdown() {
        return shutdown.call();
    }

    /** The driver's own words for a code. */
    @SuppressWarnings("restricted") // the text is a constant of the library's, ended by a 0
    public String errorText(int code) {
        MemorySegment text = errorString.callForText(code);
        if (text.equals(MemorySegment.NULL)) {
            return NvmlReturn.of(code).name();
        }
        byte[] letters = new byte[200];
        MemorySegment readable = text.reinterpret(letters.length);
        int length = 0;
        while (length < letters.length) {
            byte letter = readable.get(ValueLayout.JAVA_BYTE, length);
            if (letter == 0) {
                break;
            }
            letters[length++] = letter;
        }
        return new String(letters, 0, length, StandardCharsets.UTF_8);
    }

    public TextAnswer driverVersion() {
        return text(driverVersion.call(scratch.at(0), TEXT_ROOM));
    }

    public TextAnswer nvmlVersion() {
        return text(nvmlVersion.call(scratch.at(0), TEXT_ROOM));
    }

    private TextAnswer text(int code) {
        return new TextAnswer(code, code == 0 ? scratch.getText(0, TEXT_ROOM) : "");
    }

    /** Major × 1000 + minor × 10. */
    public long cudaDriverVersion() {
        int code = cudaDriverVersion.call(scratch.at(0));
        return Answer.of(code, scratch.getInt(0));
    }

    /** How many GPUs the driver lists, also those that this process may not open. */
    public long gpuCount() {
        int code = count.call(scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getInt(0));
    }

    /** The order may be another after a reboot: a GPU's name is its UUID. */
    public GpuLookup gpuByIndex(int index) {
        return lookup(handleByIndex.call(index, scratch.at(0)));
    }

    public GpuLookup gpuByUuid(String uuid) {
        return lookup(scratch.setText(8, uuid) ? handleByUuid.call(scratch.at(8), scratch.at(0)) : tooLong());
    }

    /** The bus id as in {@link Identity.PciAddress#busId}. */
    public GpuLookup gpuByBusId(String busId) {
        return lookup(scratch.setText(8, busId) ? handleByBusId.call(scratch.at(8), scratch.at(0)) : tooLong());
    }

    private static int tooLong() {
        return NvmlReturn.INVALID_ARGUMENT.code();
    }

    private GpuLookup lookup(int code) {
        return new GpuLookup(code, code == 0 ? new GpuHandle(scratch.getLong(0)) : GpuHandle.NONE);
    }

    /** The call that the one thread is in, for a watchdog on another. */
    public CallWatch watch() {
        return library.watch();
    }

    public Identity identity() {
        return identity;
    }

    public Load load() {
        return load;
    }

    public Sensors sensors() {
        return sensors;
    }

    public Pcie pcie() {
        return pcie;
    }

    public MemoryHealth memoryHealth() {
        return memoryHealth;
    }

    public Links links() {
        return links;
    }

    public Modes modes() {
        return modes;
    }

    public Mig mig() {
        return mig;
    }

    /** A reader of what runs on GPUs, to be kept. */
    public Processes processes() {
        return new Processes(library);
    }

    /** The profiling counters of Hopper and later, to be kept; see there about how to end. */
    public Gpm gpm() {
        return new Gpm(library);
    }

    /** A batch of fields, to be kept and read again and again. */
    public FieldValues fieldValues(List<Field> fields) {
        return new FieldValues(library, fields);
    }

    /** A reader of the driver's ring of samples of one type, to be kept. */
    public Samples samples(int type) {
        return new Samples(library, type);
    }

    /** A set of events, not yet created. */
    public EventSet eventSet() {
        return new EventSet(library);
    }
}
