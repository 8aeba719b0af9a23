package caretaker.alerts.routing;

import java.util.ArrayList;
import java.util.List;

/** Matchers as Alertmanager reads them since 0.27: names and values in any script, quoted like Go's strings. */
final class Utf8Syntax {
    private final String text;
    private int at;

    private Utf8Syntax(String text) {
        this.text = text;
    }

    static List<LabelMatcher> list(String text) {
        return new Utf8Syntax(text).parse();
    }

    static LabelMatcher one(String text) {
        List<LabelMatcher> matchers = list(text);
        if (matchers.size() != 1) {
            throw new BadMatcher("one matcher was expected, '" + text + "' has " + matchers.size());
        }
        return matchers.getFirst();
    }

    private List<LabelMatcher> parse() {
        if (!GoText.isUtf8(text)) {
            throw new BadMatcher("not UTF-8");
        }
        List<LabelMatcher> matchers = new ArrayList<>();
        boolean braces = accept('{');
        while (!atEnd() && peek() != '}') {
            matchers.add(matcher());
            if (!accept(',')) {
                break;
            }
        }
        if (braces && !accept('}')) {
            throw bad("a closing brace was expected");
        }
        if (!atEnd()) {
            throw bad(peek() == '}' ? "a closing brace without an opening one" : "the end was expected");
        }
        return matchers;
    }

    private LabelMatcher matcher() {
        String name = token("a label name");
        String sign = sign();
        String value = token("a value, \"\" for an empty one,");
        return new LabelMatcher(ClassicSyntax.operator(sign), name, value);
    }

    private String sign() {
        if (!atEnd()) {
            for (String sign : List.of("=~", "!~", "!=", "=")) {
                if (text.startsWith(sign, at)) {
                    at += sign.length();
                    return sign;
                }
            }
        }
        throw bad("=, !=, =~ or !~ was expected");
    }

    private String token(String what) {
        if (atEnd()) {
            throw bad(what + " was expected");
        }
        int start = at;
        if (peek() == '"') {
            at++;
            boolean escaped = false;
            while (at < text.length() && (escaped || text.charAt(at) != '"')) {
                escaped = !escaped && text.charAt(at) == '\\';
                at++;
            }
            if (at == text.length()) {
                throw bad("a closing double quote is missing");
            }
            at++;
            String value = GoText.unquote(text.substring(start, at));
            if (value == null) {
                throw bad(text.substring(start, at) + " has an escape that is none; write \\\\ for a backslash");
            }
            return value;
        }
        while (at < text.length() && !LabelMatcher.isReserved(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        if (at == start) {
            throw bad(what + " was expected");
        }
        return text.substring(start, at);
    }

    private boolean accept(char c) {
        if (!atEnd() && peek() == c) {
            at++;
            return true;
        }
        return false;
    }

    private int peek() {
        return text.codePointAt(at);
    }

    /** Skips white space first. */
    private boolean atEnd() {
        while (at < text.length() && LabelMatcher.isSpace(text.codePointAt(at))) {
            at++;
        }
        return at == text.length();
    }

    private BadMatcher bad(String what) {
        return new BadMatcher("'" + text + "' at " + (at + 1) + ": " + what);
    }
}
