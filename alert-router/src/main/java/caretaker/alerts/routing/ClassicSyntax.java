package caretaker.alerts.routing;

import caretaker.alerts.routing.LabelMatcher.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Matchers as Alertmanager read them up to 0.26. */
final class ClassicSyntax {
    /** Possessive and disjoint, so it can't backtrack far. */
    private static final Pattern START =
            Pattern.compile("[\\t\\n\\f\\r ]*+([a-zA-Z_:][a-zA-Z0-9_:]*+)[\\t\\n\\f\\r ]*+(=~|=|!=|!~)");

    private ClassicSyntax() {}

    static List<LabelMatcher> list(String text) {
        String inner = text.startsWith("{") ? text.substring(1) : text;
        inner = inner.endsWith("}") ? inner.substring(0, inner.length() - 1) : inner;
        List<LabelMatcher> matchers = new ArrayList<>();
        for (String token : split(inner)) {
            matchers.add(one(token));
        }
        return matchers;
    }

    /** At the commas outside quotes; what is blank after the last comma doesn't count. */
    private static List<String> split(String text) {
        List<String> tokens = new ArrayList<>();
        boolean quoted = false;
        boolean escaped = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case ',' -> {
                    if (!quoted) {
                        tokens.add(text.substring(start, i));
                        start = i + 1;
                    }
                }
                case '"' -> {
                    quoted ^= !escaped;
                    escaped = false;
                }
                case '\\' -> escaped = !escaped;
                default -> escaped = false;
            }
        }
        String last = trim(text.substring(start), LabelMatcher::isSpace);
        if (!last.isEmpty()) {
            tokens.add(last);
        }
        return tokens;
    }

    static LabelMatcher one(String text) {
        Matcher start = START.matcher(text);
        if (!start.lookingAt()) {
            throw new BadMatcher("'" + text + "' is not a matcher; write name=\"value\"");
        }
        String raw = trim(text.substring(start.end()), c -> "\t\n\f\r ".indexOf(c) >= 0);
        if (!GoText.isUtf8(raw)) {
            throw new BadMatcher("the value of '" + start.group(1) + "' is not UTF-8");
        }
        return new LabelMatcher(operator(start.group(2)), start.group(1), value(raw));
    }

    static Operator operator(String sign) {
        for (Operator operator : Operator.values()) {
            if (operator.sign().equals(sign)) {
                return operator;
            }
        }
        throw new BadMatcher("'" + sign + "' is not an operator; there are =, !=, =~ and !~");
    }

    private static String value(String raw) {
        boolean quoted = raw.startsWith("\"");
        String inner = quoted ? raw.substring(1) : raw;
        var out = new StringBuilder(inner.length());
        boolean closed = !quoted;
        for (int i = 0; i < inner.length(); i++) {
            char c = inner.charAt(i);
            boolean last = i == inner.length() - 1;
            if (c == '\\' && !last) {
                i++;
                char next = inner.charAt(i);
                switch (next) {
                    case 'n' -> out.append('\n');
                    case '"', '\\' -> out.append(next);
                    default -> out.append('\\').append(next);
                }
            } else if (c == '"') {
                if (closed || !last) {
                    throw new BadMatcher("'" + raw + "' has a double quote in it; write \\\" for one");
                }
                closed = true;
            } else {
                out.append(c);
            }
        }
        if (!closed) {
            throw new BadMatcher("'" + raw + "' has no closing double quote");
        }
        return out.toString();
    }

    private static String trim(String text, IntPredicate isSpace) {
        int start = 0;
        int end = text.length();
        while (start < end && isSpace.test(text.charAt(start))) {
            start++;
        }
        while (end > start && isSpace.test(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }
}
