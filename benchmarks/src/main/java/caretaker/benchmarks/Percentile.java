package caretaker.benchmarks;

import java.util.List;

/** Of measured values. */
final class Percentile {
    private Percentile() {}

    /** The least value that so large a share of all does not pass; with few values, the greatest. */
    static double of(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(Math.ceil(sorted.size() * share)) - 1));
    }

    static String pair(List<Double> values) {
        return Figure.number(of(values, 0.5)) + " and " + Figure.number(of(values, 0.99)) + " ms";
    }

    static String note(List<Double> values) {
        return "median " + Figure.number(of(values, 0.5)) + " ms, most " + Figure.number(of(values, 1)) + " ms of "
                + values.size();
    }
}
