package caretaker.chassis.config;

/** A size, written with its unit: {@code 64MiB}. */
public record Bytes(long count) {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    public Bytes {
        if (count < 0) {
            throw new IllegalArgumentException("a size is not negative");
        }
    }

    /** The largest unit that leaves a whole number. */
    @Override
    public String toString() {
        long rest = count;
        int unit = 0;
        while (unit < UNITS.length - 1 && rest != 0 && rest % 1024 == 0) {
            rest /= 1024;
            unit++;
        }
        return rest + UNITS[unit];
    }
}
