package caretaker.alerts.template;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large a regular expression gets when its counted repetitions are written out, as the automaton does: {@code
 * (a{100}){9}} is 900. Known before it is compiled, for broken expressions too, so that a short one cannot take much
 * memory.
 *
 * <p>Go refuses what repeats a repeat more than a thousand times; re2j doesn't and would fill the memory or the stack.
 *
 * @param steps an estimate, at least the number of characters and classes
 * @param repeats how often the innermost thing is repeated by all counts around it
 * @param depth of groups in groups
 */
public record RegexSize(long steps, long repeats, int depth) {
    /** Go's limit. */
    public static final long MAX_REPEATS = 1_000;

    private static final long HUGE = 1_000_000_000;
    private static final Pattern COUNT = Pattern.compile("\\{(\\d{1,9})(?:,(\\d{0,9}))?\\}");

    public static RegexSize of(String expression) {
        return new Walk(expression).toEnd();
    }

    /** A group while it is read. */
    private static final class Part {
        /** Steps of what is complete. */
        private long size;

        /** Of the last thing in it, to which a count applies, and by how much that repeats already. */
        private long lastSize;

        private long lastRepeat = 1;
        private long mostRepeat = 1;

        void add(long newSize, long repeat) {
            size = Math.min(HUGE, size + lastSize);
            lastSize = newSize;
            lastRepeat = repeat;
            mostRepeat = Math.max(mostRepeat, repeat);
        }

        void repeat(long times) {
            lastSize = Math.min(HUGE, lastSize * times);
            lastRepeat = Math.min(HUGE, lastRepeat * times);
            mostRepeat = Math.max(mostRepeat, lastRepeat);
        }

        long whole() {
            return Math.min(HUGE, size + lastSize);
        }
    }

    private static final class Walk {
        private final String text;
        private final Deque<Part> open = new ArrayDeque<>();
        private Part group = new Part();
        private int depth;
        private int at;

        Walk(String text) {
            this.text = text;
        }

        RegexSize toEnd() {
            while (at < text.length()) {
                switch (text.charAt(at)) {
                    case '\\' -> escape();
                    case '[' -> skipClass();
                    case '(' -> {
                        open.push(group);
                        group = new Part();
                        depth = Math.max(depth, open.size());
                        at++;
                    }
                    case ')' -> close();
                    case '{' -> count();
                    default -> one(at + 1);
                }
            }
            while (!open.isEmpty()) {
                close();
            }
            return new RegexSize(group.whole(), group.mostRepeat, depth);
        }

        private void one(int next) {
            group.add(1, 1);
            at = next;
        }

        private void escape() {
            if (text.startsWith("\\Q", at)) {
                int end = text.indexOf("\\E", at);
                int to = end < 0 ? text.length() : end;
                for (int i = at + 2; i < to; i++) {
                    group.add(1, 1); // a count behind it is of the last character
                }
                at = end < 0 ? to : end + 2;
            } else if (text.startsWith("\\x{", at)) { // no count
                int end = text.indexOf('}', at);
                one(end < 0 ? text.length() : end + 1);
            } else {
                one(at + 2);
            }
        }

        /** A bracket right at the start is part of the class. */
        private void skipClass() {
            int end = (text.startsWith("[^", at) ? at + 2 : at + 1) + 1;
            while (end < text.length() && text.charAt(end) != ']') {
                end += text.charAt(end) == '\\' ? 2 : 1;
            }
            one(end + 1);
        }

        private void close() {
            at++;
            if (!open.isEmpty()) {
                Part inner = group;
                group = open.pop();
                group.add(inner.whole() + 1, inner.mostRepeat);
            }
        }

        private void count() {
            Matcher count = COUNT.matcher(text).region(at, text.length());
            if (!count.lookingAt()) {
                one(at + 1);
                return;
            }
            long least = Long.parseLong(count.group(1));
            String most = count.group(2);
            group.repeat(Math.max(1, most == null || most.isEmpty() ? least : Math.max(least, Long.parseLong(most))));
            at = count.end();
        }
    }
}
