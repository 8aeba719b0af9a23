package caretaker.alerts.routing;

import caretaker.alerts.template.RegexSize;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One test on one label, such as {@code severity=~"warning|critical"}. A missing label is an empty one.
 *
 * <p>Regular expressions are RE2's and match the whole value. Immutable; equality is by operator, name and value.
 */
public final class LabelMatcher implements Comparable<LabelMatcher> {
    private static final java.util.regex.Pattern WORDS =
            java.util.regex.Pattern.compile("[A-Za-z0-9_:/ @%,;=<>~-]+(?:\\|[A-Za-z0-9_:/ @%,;=<>~-]+)*");
    private static final long MAX_STEPS = 100_000;
    private static final int MAX_DEPTH = 200;
    private static final String RESERVED = "{}!=~,\\\"'`";

    private final Operator operator;
    private final String name;
    private final String value;
    private final @Nullable Pattern pattern;

    /** The texts that a regular expression without any special sign but {@code |} stands for. */
    private final Set<String> words;

    /** In the order in which Alertmanager sorts them. */
    public enum Operator {
        EQUAL("="),
        NOT_EQUAL("!="),
        REGEX("=~"),
        NOT_REGEX("!~");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        public String sign() {
            return sign;
        }

        public boolean isRegex() {
            return this == REGEX || this == NOT_REGEX;
        }

        /** The operator that a silence's matcher in JSON describes. */
        public static Operator of(boolean isEqual, boolean isRegex) {
            if (isRegex) {
                return isEqual ? REGEX : NOT_REGEX;
            }
            return isEqual ? EQUAL : NOT_EQUAL;
        }
    }

    /** @throws BadMatcher if the value should be a regular expression and is none */
    public LabelMatcher(Operator operator, String name, String value) {
        this.operator = operator;
        this.name = name;
        this.value = value;
        this.pattern = operator.isRegex() ? compile(value) : null;
        this.words = operator.isRegex() && WORDS.matcher(value).matches()
                ? Set.copyOf(List.of(value.split("\\|")))
                : Set.of();
    }

    /** Roughly what it takes of the memory; a regular expression takes most for its automaton. */
    long bytes() {
        long texts = 100 + Budget.text(name) + Budget.text(value);
        return pattern == null ? texts : 2 * texts + 100 * RegexSize.of(value).steps();
    }

    /** RE2's pattern for the whole of a text. */
    private static Pattern compile(String expression) {
        var size = RegexSize.of(expression); // anybody who may post a silence chooses it
        if (size.repeats() > RegexSize.MAX_REPEATS) {
            throw new BadMatcher("a regular expression repeats more than " + RegexSize.MAX_REPEATS + " times");
        }
        if (size.steps() > MAX_STEPS || size.depth() > MAX_DEPTH) {
            throw new BadMatcher("a regular expression is too large; at most " + MAX_STEPS + " steps, " + MAX_DEPTH
                    + " groups in groups");
        }
        try {
            return Pattern.compile("^(?:" + expression + ")$");
        } catch (PatternSyntaxException e) {
            throw new BadMatcher("'" + expression + "' is not a regular expression: " + e.getDescription());
        }
    }

    public static LabelMatcher equal(String name, String value) {
        return new LabelMatcher(Operator.EQUAL, name, value);
    }

    public Operator operator() {
        return operator;
    }

    public String name() {
        return name;
    }

    public String value() {
        return value;
    }

    public boolean matches(LabelSet labels) {
        return matches(labels.get(name));
    }

    public boolean matches(String text) {
        return switch (operator) {
            case EQUAL -> value.equals(text);
            case NOT_EQUAL -> !value.equals(text);
            case REGEX -> found(text);
            case NOT_REGEX -> !found(text);
        };
    }

    private boolean found(String text) {
        if (!words.isEmpty()) {
            return words.contains(text);
        }
        Pattern compiled = pattern;
        return compiled != null && compiled.matcher(text).find();
    }

    @Override
    public int compareTo(LabelMatcher other) {
        int byName = GoText.compare(name, other.name);
        if (byName != 0) {
            return byName;
        }
        int byValue = GoText.compare(value, other.value);
        return byValue != 0 ? byValue : operator.compareTo(other.operator);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LabelMatcher matcher
                && operator == matcher.operator
                && name.equals(matcher.name)
                && value.equals(matcher.value);
    }

    @Override
    public int hashCode() {
        return Objects.hash(operator, name, value);
    }

    static boolean isReserved(int c) {
        return isSpace(c) || RESERVED.indexOf(c) >= 0;
    }

    /** White space as Unicode and Go have it. */
    static boolean isSpace(int c) {
        return (c >= 0x09 && c <= 0x0d)
                || c == 0x85
                || c == 0xa0
                || (Character.getType(c) == Character.SPACE_SEPARATOR)
                || c == 0x2028
                || c == 0x2029;
    }

    /** As both parsers read it; Go's quotes where the name holds what is reserved. */
    @Override
    public String toString() {
        if (name.codePoints().anyMatch(LabelMatcher::isReserved)) {
            return GoText.quote(name) + operator.sign + GoText.quote(value);
        }
        String escaped = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"");
        return name + operator.sign + '"' + escaped + '"';
    }
}
