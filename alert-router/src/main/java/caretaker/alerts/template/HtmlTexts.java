package caretaker.alerts.template;

import caretaker.alerts.template.HtmlContext.Delimiter;
import caretaker.alerts.template.HtmlContext.State;

/** The fixed texts of an HTML template: they say in which context the values between them stand. */
final class HtmlTexts {
    private HtmlTexts() {}

    /** What is left of a text, and the context behind it. */
    record Written(Node.Text text, HtmlContext context) {}

    /** Follows the markup; drops comments and escapes a stray {@code <}. */
    static Written follow(HtmlContext start, Node.Text node) {
        String s = node.text();
        if (start.state() == State.DEAD) {
            return new Written(node, start);
        }
        var out = new StringBuilder(s.length());
        HtmlContext c = start;
        int at = 0;
        int written = 0;
        while (at < s.length()) {
            HtmlMarkup.Step step = HtmlMarkup.step(c, s, at);
            HtmlContext next = step.context();
            int to = step.end();
            if (c.state() == State.TEXT || c.state() == State.RCDATA) {
                written = strayBrackets(out, s, written, at, next.state() == c.state() ? to : tagStart(s, at, to));
            } else if (c.state().isComment() && c.delimiter() == Delimiter.NONE) {
                out.append(instead(c.state(), s.substring(written, to)));
                written = to;
            }
            if (next.state() != c.state() && next.state().isComment() && next.delimiter() == Delimiter.NONE) {
                out.append(s, written, to - (next.state() == State.HTML_COMMENT ? 4 : 2));
                written = to;
            }
            if (to == at && next.equals(c)) {
                throw new GoError("cannot read the markup at " + GoQuote.quote(s.substring(at)));
            }
            c = next;
            at = to;
        }
        if (!c.state().isComment() || c.delimiter() != Delimiter.NONE) {
            out.append(s, written, s.length());
        }
        return new Written(new Node.Text(node.position(), out.toString()), c);
    }

    private static int tagStart(String s, int from, int to) {
        int open = s.lastIndexOf('<', to - 1);
        return open >= from ? open : to;
    }

    private static int strayBrackets(StringBuilder out, String s, int written, int from, int to) {
        int done = written;
        for (int i = s.indexOf('<', from); i >= 0 && i < to; i = s.indexOf('<', i + 1)) {
            if (!s.regionMatches(true, i, "<!DOCTYPE", 0, 9)) {
                out.append(s, done, i).append("&lt;");
                done = i + 1;
            }
        }
        return done;
    }

    private static String instead(State comment, String text) {
        return switch (comment) {
            case JS_BLOCK_COMMENT -> HtmlMarkup.firstOf(text, "\n\r\u2028\u2029", 0) >= 0 ? "\n" : " ";
            case CSS_BLOCK_COMMENT -> " ";
            default -> "";
        };
    }
}
