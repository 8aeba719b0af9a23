package caretaker.agent.nvml;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * One function of the library, which may be absent: calling it then gives {@code FUNCTION_NOT_FOUND}. While it runs
 * its name is in the {@link CallWatch}.
 *
 * <p>There is one method handle for each shape, not for each function, and the function's address is an argument of
 * it. So the handles can be constants, which the compiler turns into a plain call, while the library and what it has
 * are only known when the program runs. No call is marked as critical: each of them may block.
 */
final class NativeFunction {
    private static final MethodHandle NOTHING = handle();
    private static final MethodHandle I = handle(JAVA_INT);
    private static final MethodHandle L = handle(JAVA_LONG);
    private static final MethodHandle IL = handle(JAVA_INT, JAVA_LONG);
    private static final MethodHandle LI = handle(JAVA_LONG, JAVA_INT);
    private static final MethodHandle LL = handle(JAVA_LONG, JAVA_LONG);
    private static final MethodHandle LLI = handle(JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle LIL = handle(JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final MethodHandle LLL = handle(JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle LLLL = handle(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle LIIL = handle(JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle LIIIL = handle(JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle LLLLL = handle(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle LILLLL = handle(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle I_TO_TEXT = handle(FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private static final int FUNCTION_NOT_FOUND = NvmlReturn.FUNCTION_NOT_FOUND.code();

    private final String name;
    private final Shape shape;
    private final MemorySegment address;
    private final boolean absent;
    private final CallWatch watch;

    NativeFunction(String name, Shape shape, MemorySegment address, CallWatch watch) {
        this.name = name;
        this.shape = shape;
        this.address = address;
        this.absent = address.equals(MemorySegment.NULL);
        this.watch = watch;
    }

    private static MethodHandle handle(MemoryLayout... parameters) {
        return handle(FunctionDescriptor.of(JAVA_INT, parameters));
    }

    @SuppressWarnings("restricted") // this package is the one that binds native code
    private static MethodHandle handle(FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(descriptor);
    }

    boolean isAbsent() {
        return absent;
    }

    int call() {
        assert shape == Shape.NOTHING : this;
        if (absent) {
            return FUNCTION_NOT_FOUND;
        }
        watch.enter(name);
        try {
            return (int) NOTHING.invokeExact(address);
        } catch (Throwable e) {
            throw broken(e);
        } finally {
            watch.leave();
        }
    }

    int call(int a) {
        assert shape == Shape.I : this;
        if (absent) {
            return FUNCTION_NOT_FOUND;
        }
        watch.enter(name);
        try {
            return (int) I.invokeExact(address, a);
        } catch (Throwable e) {
            throw broken(e);
        } finally {
            watch.leave();
        }
    }

    int call(long a) {
        assert shape == Shape.L : this;
        if (absent) {
            return FUNCTION_NOT_FOUND;
        }
        watch.enter(name);
        try {
            return (int) L.invokeExact(address, a);
        } catch (Throwable e) {
            throw broken(e);
        } finally {
            watch.leave();
        }
    }

    int call(int a, long b) {
        assert shape == Shape.IL : this;
        if (absent) {
            return FUNCTION_NOT_FOUND;
        }
        watch.enter(name);
        try {
            return (int) IL.invokeExact(address, a, b);
        } catch (Throwable e) {
            throw broken(e);
        } finally {
            watch.leave();
        }
    }

    int call(long a, int b) {
        assert shape == Shape.LI : this;
        if (absent) {
            return FUNCTION_NOT_FOUND;
        }
        watch.enter(name);
        try {
            return (int) LI.invokeExact(address, a, b);
        } catch (Throwable e) {
            throw broken(e);
        } finally {
            watch.leave();
        }
    }

    int call(long a, long b) {
        assert shape == Shape.LL : this;
        if (absent) {
            return FUNCTION_NOT_FOUND;
        }
        watch.enter(name);
        try {
            return (int) LL.invokeExact(address, a, b);
        } catch (Throwable e) {
            throw broken(e);
        } finally {
            watch.leave();
        }
    }

    int call(long a, long b, int c) {
        assert shape == Shape.LLI : this;
        if (absent) {
            return FUNCTION_NOT_FOUND;
        }
        watch.enter(name);
        try {
            return (int) LLI.invokeExact(address, a, b, c);
        } catch (Throwable e) {
            throw broken(e);
        } finally {
            watch.leave();
        }
    }

    int call(long a, int b, long c) {
        assert shape == Shape.LIL : this;
        if (absent) {
            return FUNCTION_NOT_FOUND;
        }
        watch.enter(name);
        try {
            return (int) LIL.invokeExact(address, a, b, c);
        } catch (Throwable e) {
            throw broken(e);
        } finally {
            watch.leave();
        }
    }

    int call(long a, long b, long c) {
        assert shape == Shape.LLL : this;
        if (absent) {
            return FUNCTION_NOT_FOUND;
        }
        watch.enter(name);
        try {
            return (int) LLL.invokeExact(address, a, b, c);
        } catch (Throwable e) {
            throw broken(e);
        } finally {
            watch.leave();
        }
    }

    int call(long a, long b, long c, long d) {
        assert shape == Shape.LLLL : this;
        if (absent) {
            return FUNCTION_NOT_FOUND;
        }
        watch.enter(name);
        try {
            return (int) LLLL.invokeExact(address, a, b, c, d);
        } catch (Throwable e) {
            throw broken(e);
        } finally {
            watch.leave();
        }
    }

    int call(long a, int b, int c, long d) {
        assert shape == Shape.LIIL : this;
        if (absent) {
            return FUNCTION_NOT_FOUND;
        }
        watch.enter(name);
        try {
            return (int) LIIL.invokeExact(address, a, b, c, d);
        } catch (Throwable e) {
            throw broken(e);
        } finally {
            watch.leave();
        }
    }

    int call(long a, int b, int c, int d, long e) {
        assert shape == Shape.LIIIL : this;
        if (absent) {
            return FUNCTION_NOT_FOUND;
        }
        watch.enter(name);
        try {
            return (int) LIIIL.invokeExact(address, a, b, c, d, e);
        } catch (Throwable t) {
            throw broken(t);
        } finally {
            watch.leave();
        }
    }

    int call(long a, long b, long c, long d, long e) {
        assert shape == Shape.LLLLL : this;
        if (absent) {
            return FUNCTION_NOT_FOUND;
        }
        watch.enter(name);
        try {
            return (int) LLLLL.invokeExact(address, a, b, c, d, e);
        } catch (Throwable t) {
            throw broken(t);
        } finally {
            watch.leave();
        }
    }

    int call(long a, int b, long c, long d, long e, long f) {
        assert shape == Shape.LILLLL : this;
        if (absent) {
            return FUNCTION_NOT_FOUND;
        }
        watch.enter(name);
        try {
            return (int) LILLLL.invokeExact(address, a, b, c, d, e, f);
        } catch (Throwable t) {
            throw broken(t);
        } finally {
            watch.leave();
        }
    }

    /** The address of a text that the library owns; null where there is none. */
    MemorySegment callForText(int a) {
        assert shape == Shape.I_TO_TEXT : this;
        if (absent) {
            return MemorySegment.NULL;
        }
        watch.enter(name);
        try {
            return (MemorySegment) I_TO_TEXT.invokeExact(address, a);
        } catch (Throwable e) {
            throw broken(e);
        } finally {
            watch.leave();
        }
    }

    /** A downcall throws only when it was made wrongly. */
    private IllegalStateException broken(Throwable cause) {
        return new IllegalStateException("calling " + name, cause);
    }

    @Override
    public String toString() {
        return name + " " + shape;
    }
}
