package caretaker.alerts.template;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;

/** RE2 expressions, compiled once. Keeps the latest ones. Any thread. */
final class Regexes {
    private static final int KEPT = 256;
    private static final int MAX_LENGTH = 4096;
    private static final int MAX_SIZE = 20_000;

    private final Map<String, Pattern> patterns = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Pattern> eldest) {
            return size() > KEPT;
        }
    };

    static boolean find(Run run, String pattern, String text) {
        return matcher(run, pattern, text).find();
    }

    /** As Go's ReplaceAllString: {@code $1}, {@code $name}, {@code ${name}} and {@code $$} in the replacement. */
    static String replaceAll(Run run, String pattern, String replacement, String text) {
        Matcher matcher;
        try {
            matcher = matcher(run, pattern, text);
        } catch (GoError e) {
            throw e.isLimit() ? e : new GoError("regexp: Compile(`" + pattern + "`): " + e.text());
        }
        BoundedText out = run.text();
        int copied = 0;
        int previousEnd = -1;
        int from = 0;
        while (from <= text.length() && matcher.find(from)) {
            run.spend(1);
            int end = matcher.end();
            boolean emptyAfterMatch = matcher.start() == end && end == previousEnd;
            if (!emptyAfterMatch) {
                out.append(text, copied, matcher.start());
                expand(out, matcher, replacement);
                copied = end;
                previousEnd = end;
            }
            from = end > matcher.start() ? end : end + (end < text.length() ? width(text, end) : 1);
        }
        return out.append(text, copied, text.length()).toString();
    }

    private static int width(String text, int at) {
        return Character.charCount(text.codePointAt(at));
    }

    private static Matcher matcher(Run run, String pattern, String text) {
        // the automaton's work grows with the product of both
        var size = RegexSize.of(pattern);
        if (pattern.length() > MAX_LENGTH || size.steps() > MAX_SIZE || size.repeats() > RegexSize.MAX_REPEATS) {
            throw new GoError("error parsing regexp: expression nests too deeply or is too large");
        }
        run.spend(size.steps() * text.length() / 64);
        return run.regexes().compile(pattern).matcher(text);
    }

    private synchronized Pattern compile(String expression) {
        Pattern known = patterns.get(expression);
        if (known == null) {
            try {
                known = Pattern.compile(expression);
            } catch (PatternSyntaxException e) {
                throw new GoError(String.valueOf(e.getMessage()));
            }
            patterns.put(expression, known);
        }
        return known;
    }

    private static void expand(BoundedText out, Matcher matcher, String replacement) {
        int at = 0;
        while (true) {
            int dollar = replacement.indexOf('$', at);
            if (dollar < 0) {
                out.append(replacement, at, replacement.length());
                return;
            }
            out.append(replacement, at, dollar);
            at = dollar + 1;
            if (replacement.startsWith("$", at)) {
                out.append('$');
                at++;
                continue;
            }
            boolean braces = replacement.startsWith("{", at);
            int from = braces ? at + 1 : at;
            int to = from;
            while (to < replacement.length() && isWord(replacement.charAt(to))) {
                to++;
            }
            if (to == from || (braces && !replacement.startsWith("}", to))) {
                out.append('$'); // no name: the dollar stands for itself
                continue;
            }
            out.append(group(matcher, replacement.substring(from, to)));
            at = braces ? to + 1 : to;
        }
    }

    private static boolean isWord(char c) {
        return c == '_' || Character.isLetterOrDigit(c);
    }

    private static String group(Matcher matcher, String name) {
        String found;
        if (name.matches("[0-9]{1,8}")) {
            int index = Integer.parseInt(name);
            found = index <= matcher.groupCount() ? matcher.group(index) : null;
        } else {
            Integer index = matcher.pattern().namedGroups().get(name);
            found = index == null ? null : matcher.group(index);
        }
        return found == null ? "" : found;
    }
}
