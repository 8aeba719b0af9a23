package caretaker.testkit;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Holds a property against many made-up values. The values are the same in every run; a failure names its seed, and
 * {@code -Dcases.seed=N} runs only that one. {@code -Dcases.count=N} tries more or fewer.
 */
public final class Cases {
    private static final int COUNT = Integer.getInteger("cases.count", 300);

    private Cases() {}

    public static <T> void forEach(Function<RandomGenerator, T> make, Consumer<T> check) {
        Long only = Long.getLong("cases.seed");
        if (only != null) {
            check.accept(make.apply(random(only)));
            return;
        }
        for (long seed = 0; seed < COUNT; seed++) {
            T value = make.apply(random(seed));
            try {
                check.accept(value);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("failed with -Dcases.seed=" + seed + " on " + value, e);
            }
        }
    }

    /** The generator of one seed, for a test that makes its own loop. */
    public static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }
}
