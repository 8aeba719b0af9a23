package caretaker.alerts.template;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How large an expression gets when its counted repetitions are written out, as the automaton does: {@code (a{100}){9}}
 * is 900. Known before it is compiled, so that a short expression cannot take much memory.
 */
final class RegexSize {
    private static final long HUGE = 1_000_000_000;

    private final String expression;
    private int at;

    private RegexSize(String expression) {
        this.expression = expression;
    }

    /** An estimate, at least the number of characters and classes; for broken expressions too. */
    static long of(String expression) {
        return new RegexSize(expression).size();
    }

    private long size() {
        Deque<Long> outer = new ArrayDeque<>();
        long size = 0;
        long last = 0; // what a repetition would repeat
        while (at < expression.length()) {
            char c = expression.charAt(at);
            switch (c) {
                case '(' -> {
                    outer.push(size);
                    size = 0;
                    last = 0;
                    at++;
                }
                case ')' -> {
                    last = size + 1;
                    size = outer.isEmpty() ? last : Math.min(HUGE, outer.pop() + last);
                    at++;
                }
                case '{' -> {
                    long repeated = Math.min(HUGE, last * repetitions());
                    size = Math.min(HUGE, size - last + repeated);
                    last = repeated;
                }
                default -> {
                    at = atom(c);
                    last = 1;
                    size++;
                }
            }
        }
        while (!outer.isEmpty()) {
            size = Math.min(HUGE, size + outer.pop());
        }
        return size;
    }

    private int atom(char c) {
        if (c == '\\') {
            return Math.min(expression.length(), at + 2);
        }
        if (c == '[') {
            int end = at + 1;
            while (end < expression.length() && (expression.charAt(end) != ']' || end == at + 1)) {
                end += expression.charAt(end) == '\\' ? 2 : 1;
            }
            return Math.min(expression.length(), end + 1);
        }
        return at + 1;
    }

    /** The higher number of {@code {3,9}}; 1 if it is no repetition. Moves behind it. */
    private long repetitions() {
        int end = expression.indexOf('}', at);
        String inside = end < 0 ? "" : expression.substring(at + 1, end);
        if (!inside.matches("[0-9]{1,6}(,[0-9]{0,6})?")) {
            at++;
            return 1;
        }
        at = end + 1;
        String[] bounds = inside.split(",", -1);
        String highest = bounds.length > 1 && !bounds[1].isEmpty() ? bounds[1] : bounds[0];
        return Math.max(1, Long.parseLong(highest));
    }
}
