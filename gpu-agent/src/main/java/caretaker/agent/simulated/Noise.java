package caretaker.agent.simulated;

/** Numbers that look like chance and follow from a seed: SplitMix64, which costs a few additions. */
final class Noise {
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private long state;

    Noise(long seed) {
        state = seed;
    }

    /** Noise of its own for a part of the whole: the same for the same path of numbers. */
    static Noise of(long seed, long... path) {
        long mixed = seed;
        for (long part : path) {
            mixed = mix(mixed + STEP * (part + 1));
        }
        return new Noise(mixed);
    }

    long bits() {
        state += STEP;
        return mix(state);
    }

    /** From 0 to below 1. */
    double unit() {
        return (bits() >>> 11) * 0x1.0p-53;
    }

    double between(double low, double high) {
        return low + (high - low) * unit();
    }

    private static long mix(long bits) {
        long mixed = (bits ^ bits >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
