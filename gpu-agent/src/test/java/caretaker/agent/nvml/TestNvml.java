package caretaker.agent.nvml;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A made-up driver with made-up GPUs, and the strings that move it: what happens is a scenario (see {@code
 * src/test/native/README.md}), and time stands still until {@link #advance}. One per process and driver branch; {@link
 * #scenario} starts over. The methods may be called from any thread, also while another is inside NVML.
 */
public final class TestNvml {
    /** When scenarios begin that {@link #scenario} starts: microseconds since 1970. */
    public static final long BEGIN_US = 1_700_000_000_000_000L;

    private static final int ROOM = 16_384;

    private final Path library;
    private final SymbolLookup symbols;

    private TestNvml(Path library) {
        this.library = library;
        this.symbols = lookup(library);
    }

    /** The newest driver, with one quiet GPU; skips the test where gcc is missing. */
    public static TestNvml load() {
        return load(NativeLibrary.NEWEST_DRIVER);
    }

    /** A driver of another branch, which lacks the functions that came later. */
    public static TestNvml load(int driverBranch) {
        TestNvml driver = new TestNvml(NativeLibrary.ofDriver(driverBranch));
        driver.scenario("");
        return driver;
    }

    /** What to open as the library. */
    public String library() {
        return library.toString();
    }

    /** Opens the library as the agent does. */
    public Nvml open() {
        return switch (Nvml.open(library())) {
            case Opening.Opened opened -> opened.nvml();
            case Opening.NoDriver none -> throw new IllegalStateException(none.reason());
        };
    }

    /** Opens and initializes the library. */
    public Nvml start() {
        Nvml nvml = open();
        int code = nvml.init();
        if (code != 0) {
            throw new IllegalStateException("nvmlInit_v2: " + NvmlReturn.of(code));
        }
        return nvml;
    }

    /** Forgets everything and plays these lines, with the clock stopped at {@link #BEGIN_US}. */
    public void scenario(String lines) {
        String text = "clock manual " + BEGIN_US + "\n" + lines;
        checkLine(callWithText("testnvmlSetScenarioText", text), text);
    }

    /** Adds lines to what is played; what has no "at" holds from now on. */
    public void apply(String lines) {
        checkLine(callWithText("testnvmlApply", lines), lines);
    }

    public void advance(Duration duration) {
        callWithLong("testnvmlAdvanceUs", duration.toNanos() / 1000);
    }

    public void setTimeUs(long us) {
        callWithLong("testnvmlSetTimeUs", us);
    }

    public void releaseHangs() {
        try {
            bind("testnvmlReleaseHangs", FunctionDescriptor.ofVoid()).invoke();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many calls hang now. */
    public int hanging() {
        return callForInt("testnvmlHanging");
    }

    /** How often NVML was initialized without being shut down. */
    public int sessions() {
        return callForInt("testnvmlSessions");
    }

    /** What the caller did wrong since the scenario began; a test asserts that it is empty. */
    public List<String> violations() {
        return callForText("testnvmlViolations").lines().toList();
    }

    /** The structures as the C compiler lays them out, in the form of {@code nvml.structs} without version words. */
    List<String> layouts() {
        return callForText("testnvmlLayouts")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** For calls that the agent would not make. */
    BoundLibrary bound() {
        return new BoundLibrary(Description.read(), symbols);
    }

    boolean has(String function) {
        return symbols.find(function).isPresent();
    }

    private static void checkLine(int line, String text) {
        if (line != 0) {
            throw new IllegalArgumentException("line " + line + " of the scenario is not understood:\n" + text);
        }
    }

    private int callWithText(String function, String text) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    bind(function, FunctionDescriptor.of(JAVA_INT, ADDRESS)).invoke(arena.allocateFrom(text));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private void callWithLong(String function, long argument) {
        try {
            bind(function, FunctionDescriptor.ofVoid(JAVA_LONG)).invoke(argument);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private int callForInt(String function) {
        try {
            return (int) bind(function, FunctionDescriptor.of(JAVA_INT)).invoke();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private String callForText(String function) {
        MemoryLayout[] parameters = {ADDRESS, JAVA_INT};
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(ROOM);
            int ignored = (int)
                    bind(function, FunctionDescriptor.of(JAVA_INT, parameters)).invoke(buffer, ROOM);
            assert ignored >= 0;
            buffer.set(ValueLayout.JAVA_BYTE, ROOM - 1, (byte) 0);
            return buffer.getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("restricted")
    private static SymbolLookup lookup(Path library) {
        return SymbolLookup.libraryLookup(library, Arena.global());
    }

    @SuppressWarnings("restricted")
    private MethodHandle bind(String function, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(function), descriptor);
    }
}
