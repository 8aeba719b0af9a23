package caretaker.benchmarks;

import java.util.Arrays;

/** Times something a few times and takes the middle. */
final class Median {
    /** What is timed. */
    @FunctionalInterface
    interface Run {
        void once() throws Exception;
    }

    private Median() {}

    /** Seconds of the middle of {@code runs}, after {@code warmups} that do not count. */
    static double seconds(int warmups, int runs, Run run) throws Exception {
        double[] seconds = new double[runs];
        for (int i = -warmups; i < runs; i++) {
            long begin = System.nanoTime();
            run.once();
            if (i >= 0) {
                seconds[i] = (System.nanoTime() - begin) / 1e9;
            }
        }
        Arrays.sort(seconds);
        return seconds[runs / 2];
    }
}
