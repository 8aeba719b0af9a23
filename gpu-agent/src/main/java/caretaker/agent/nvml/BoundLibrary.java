package caretaker.agent.nvml;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;

/** A loaded library and the description of what may be in it. */
final class BoundLibrary {
    private final Description description;
    private final SymbolLookup symbols;
    private final CallWatch watch;

    BoundLibrary(Description description, SymbolLookup symbols) {
        this(description, symbols, new CallWatch());
    }

    private BoundLibrary(Description description, SymbolLookup symbols, CallWatch watch) {
        this.description = description;
        this.symbols = symbols;
        this.watch = watch;
    }

    /** The same library for functions that another thread calls: one watch sees one thread. */
    BoundLibrary forAnotherThread() {
        return new BoundLibrary(description, symbols, new CallWatch());
    }

    CallWatch watch() {
        return watch;
    }

    /** The function with this name, or the older one that takes its place, or neither: then it says so when called. */
    NativeFunction function(String name, Shape shape) {
        Description.Function found = description.functions().get(name);
        if (found == null || found.shape() != shape) {
            throw new IllegalStateException("nvml.functions has no " + name + " of shape " + shape);
        }
        Optional<MemorySegment> symbol = symbols.find(name);
        String older = found.older();
        if (symbol.isEmpty() && older != null) {
            symbol = symbols.find(older);
        }
        return new NativeFunction(name, shape, symbol.orElse(MemorySegment.NULL), watch);
    }

    Struct struct(String name) {
        Struct struct = description.structs().get(name);
        if (struct == null) {
            throw new IllegalStateException("nvml.structs has no " + name);
        }
        return struct;
    }
}
