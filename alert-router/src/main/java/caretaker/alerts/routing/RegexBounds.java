package caretaker.alerts.routing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large the program of a regular expression becomes, found before it is compiled.
 *
 * <p>Go refuses what repeats a repeat more than a thousand times; re2j doesn't and would fill the memory or the stack.
 * Anybody who may post a silence could ask for that.
 */
final class RegexBounds {
    private static final long MAX_REPEAT = 1_000;
    private static final long MAX_SIZE = 100_000;
    private static final int MAX_DEPTH = 200;
    private static final Pattern COUNT = Pattern.compile("\\{(\\d{1,9})(?:,(\\d{0,9}))?\\}");

    private final String text;
    private final Deque<Part> open = new ArrayDeque<>();
    private Part group = new Part();
    private int at;

    /** A group while it is read. */
    private static final class Part {
        /** Instructions of what is complete. */
        private long size;

        /** Of the last thing in it, to which a count applies, and by how much that repeats already. */
        private long lastSize;

        private long lastRepeat = 1;
        private long mostRepeat = 1;

        void add(long newSize, long repeat) {
            size += lastSize;
            lastSize = newSize;
            lastRepeat = repeat;
            mostRepeat = Math.max(mostRepeat, repeat);
        }
    }

    private RegexBounds(String text) {
        this.text = text;
    }

    /** @throws BadMatcher if it is too large; whether it is right is not its business */
    static void check(String expression) {
        new RegexBounds(expression).walk();
    }

    private void walk() {
        while (at < text.length()) {
            switch (text.charAt(at)) {
                case '\\' -> escape();
                case '[' -> skipClass();
                case '(' -> {
                    open.push(group);
                    group = new Part();
                    at++;
                    if (open.size() > MAX_DEPTH) {
                        throw new BadMatcher("a regular expression nests more than " + MAX_DEPTH + " deep");
                    }
                }
                case ')' -> close();
                case '{' -> count();
                default -> {
                    group.add(1, 1);
                    at++;
                }
            }
            if (group.size + group.lastSize > MAX_SIZE) {
                throw new BadMatcher("a regular expression is too large; at most " + MAX_SIZE + " steps");
            }
        }
    }

    private void escape() {
        if (text.startsWith("\\Q", at)) {
            int end = text.indexOf("\\E", at);
            at = end < 0 ? text.length() : end + 2;
            group.add(1, 1);
        } else {
            group.add(1, 1);
            at += 2;
        }
    }

    /** A bracket right at the start is part of the class. */
    private void skipClass() {
        int from = text.startsWith("[^", at) ? at + 2 : at + 1;
        int end = from + 1;
        while (end < text.length() && text.charAt(end) != ']') {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        at = end + 1;
        group.add(1, 1);
    }

    private void close() {
        at++;
        if (!open.isEmpty()) {
            Part inner = group;
            group = open.pop();
            group.add(inner.size + inner.lastSize, inner.mostRepeat);
        }
    }

    private void count() {
        Matcher count = COUNT.matcher(text).region(at, text.length());
        if (!count.lookingAt()) {
            group.add(1, 1);
            at++;
            return;
        }
        long least = Long.parseLong(count.group(1));
        String most = count.group(2);
        long times = Math.max(1, most == null || most.isEmpty() ? least : Math.max(least, Long.parseLong(most)));
        group.lastRepeat *= times;
        group.lastSize *= times;
        group.mostRepeat = Math.max(group.mostRepeat, group.lastRepeat);
        if (group.lastRepeat > MAX_REPEAT) {
            throw new BadMatcher("a regular expression repeats more than " + MAX_REPEAT + " times");
        }
        at = count.end();
    }
}
