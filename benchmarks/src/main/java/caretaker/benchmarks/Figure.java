package caretaker.benchmarks;

import java.util.Locale;

/**
 * One measured number against its target.
 *
 * @param what what was measured, with its peer or limit
 * @param value the measured number, usually a ratio
 * @param target the bound, in the unit of {@code value}
 * @param atLeast whether the value must reach the target, or must not pass it
 * @param note the numbers that the ratio was made from
 */
record Figure(String what, double value, double target, boolean atLeast, String note) {
    static Figure atLeast(String what, double value, double target, String note) {
        return new Figure(what, value, target, true, note);
    }

    static Figure atMost(String what, double value, double target, String note) {
        return new Figure(what, value, target, false, note);
    }

    boolean met() {
        return atLeast ? value >= target : value <= target;
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%s  %s: %s (target %s %s)  %s",
                met() ? "met   " : "MISSED",
                what,
                number(value),
                atLeast ? ">=" : "<=",
                number(target),
                note);
    }

    static String number(double value) {
        if (Double.isInfinite(value)) {
            return "any"; // shown beside a peer, without a bound
        }
        return String.format(
                Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.3f", value);
    }
}
