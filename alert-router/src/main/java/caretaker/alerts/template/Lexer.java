package caretaker.alerts.template;

import caretaker.alerts.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Cuts a template's source into tokens. An error is a token, the last one, so that the parser can place it. */
final class Lexer {
    private static final Set<String> KEYWORDS =
            Set.of("block", "break", "continue", "define", "else", "end", "if", "range", "template", "with");
    private static final int END = -1;

    private final String input;
    private final List<Token> tokens = new ArrayList<>();
    private int start;
    private int position;
    private int startLine = 1;
    private int countedTo;
    private int line = 1;
    private int parens;
    private boolean failed;

    private Lexer(String input) {
        this.input = input;
    }

    static List<Token> tokens(String input) {
        var lexer = new Lexer(input);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (!failed && position < input.length()) {
            int open = input.indexOf("{{", position);
            if (open < 0) {
                position = input.length();
                emitText(position);
                break;
            }
            text(open);
            leftDelimiter();
        }
        if (!failed) {
            start = position;
            emit(Kind.EOF);
        }
    }

    private void text(int open) {
        int end = open;
        if (leftTrim(open + 2)) {
            while (end > position && isSpace(input.charAt(end - 1))) {
                end--;
            }
        }
        emitText(end);
        position = open;
        start = open;
    }

    private void emitText(int end) {
        if (end > start) {
            position = end;
            emit(Kind.TEXT);
        }
    }

    private void leftDelimiter() {
        boolean trim = leftTrim(position + 2);
        int after = position + 2 + (trim ? 2 : 0);
        if (input.startsWith("/*", after)) {
            comment(after);
            return;
        }
        position += 2;
        emit(Kind.LEFT_DELIM);
        position = after;
        start = after;
        parens = 0;
        insideAction();
    }

    private void comment(int from) {
        int close = input.indexOf("*/", from + 2);
        if (close < 0) {
            error("unclosed comment");
            return;
        }
        position = close + 2;
        if (!atRightDelimiter(position)) {
            error("comment ends before closing delimiter");
            return;
        }
        closeDelimiter();
        start = position;
    }

    private void insideAction() {
        while (!failed) {
            if (atRightDelimiter(position)) {
                if (parens > 0) {
                    error("unclosed left paren");
                    return;
                }
                boolean trim = rightTrim(position);
                start = trim ? position + 2 : position;
                position = start + 2;
                emit(Kind.RIGHT_DELIM);
                if (trim) {
                    skipSpace();
                }
                start = position;
                return;
            }
            token();
        }
    }

    private void closeDelimiter() {
        boolean trim = rightTrim(position);
        position += trim ? 4 : 2;
        if (trim) {
            skipSpace();
        }
    }

    private void skipSpace() {
        while (position < input.length() && isSpace(input.charAt(position))) {
            position++;
        }
        start = position;
    }

    private void token() {
        int c = peek();
        switch (c) {
            case END -> error("unclosed action");
            case ' ', '\t', '\r', '\n' -> space();
            case '=' -> one(Kind.ASSIGN);
            case ':' -> declare();
            case '|' -> one(Kind.PIPE);
            case '"' -> quoted('"', Kind.STRING, "unterminated quoted string");
            case '`' -> rawString();
            case '\'' -> quoted('\'', Kind.CHAR_CONSTANT, "unterminated character constant");
            case '$' -> word(Kind.VARIABLE);
            case '.' -> {
                int next = position + 1 < input.length() ? input.charAt(position + 1) : END;
                if (next >= '0' && next <= '9') {
                    number();
                } else {
                    word(Kind.FIELD);
                }
            }
            case '(' -> {
                parens++;
                one(Kind.LEFT_PAREN);
            }
            case ')' -> {
                parens--;
                one(Kind.RIGHT_PAREN);
                if (parens < 0) {
                    error("unexpected right paren");
                }
            }
            default -> other(c);
        }
    }

    private void other(int c) {
        if (c == '+' || c == '-' || (c >= '0' && c <= '9')) {
            number();
        } else if (isAlphanumeric(c)) {
            identifier();
        } else if (c > ' ' && c < 0x7f) {
            one(Kind.CHAR);
        } else {
            error("unrecognized character in action: " + GoQuote.unicode(c));
        }
    }

    private void space() {
        int at = position;
        while (at < input.length() && isSpace(input.charAt(at))) {
            at++;
        }
        // the last space may belong to a trimming delimiter
        if (input.startsWith("-}}", at)) {
            at--;
        }
        if (at > position) {
            position = at;
            emit(Kind.SPACE);
        }
    }

    private void declare() {
        if (!input.startsWith(":=", position)) {
            error("expected :=");
            return;
        }
        position += 2;
        emit(Kind.DECLARE);
    }

    private void quoted(char quote, Kind kind, String unterminated) {
        int at = position + 1;
        while (at < input.length() && input.charAt(at) != quote) {
            if (input.charAt(at) == '\n') {
                error(unterminated);
                return;
            }
            at += input.charAt(at) == '\\' ? 2 : 1;
        }
        if (at >= input.length()) {
            error(unterminated);
            return;
        }
        position = at + 1;
        emit(kind);
    }

    private void rawString() {
        int close = input.indexOf('`', position + 1);
        if (close < 0) {
            error("unterminated raw quoted string");
            return;
        }
        position = close + 1;
        emit(Kind.RAW_STRING);
    }

    /** A field or a variable: its first character is a dot or a dollar. */
    private void word(Kind kind) {
        position++;
        if (atTerminator()) {
            emit(kind == Kind.FIELD ? Kind.DOT : kind);
            return;
        }
        alphanumerics();
        if (!atTerminator()) {
            error("bad character " + GoQuote.unicode(peek()));
            return;
        }
        emit(kind);
    }

    private void identifier() {
        alphanumerics();
        if (!atTerminator()) {
            error("bad character " + GoQuote.unicode(peek()));
            return;
        }
        String word = input.substring(start, position);
        if (KEYWORDS.contains(word)) {
            emit(Kind.KEYWORD);
        } else if (word.equals("true") || word.equals("false")) {
            emit(Kind.BOOL);
        } else {
            emit(word.equals("nil") ? Kind.NIL : Kind.IDENTIFIER);
        }
    }

    private void number() {
        if (peek() == '+' || peek() == '-') {
            position++;
        }
        String digits = "0123456789_";
        if (peek() == '0') {
            position++;
            digits = prefixed(digits);
        }
        accept(digits);
        if (peek() == '.') {
            position++;
            accept(digits);
        }
        boolean hex = digits.length() > 12;
        if ((digits.length() == 11 && (peek() == 'e' || peek() == 'E')) || (hex && (peek() == 'p' || peek() == 'P'))) {
            position++;
            if (peek() == '+' || peek() == '-') {
                position++;
            }
            accept("0123456789_");
        }
        if (peek() == 'i') {
            position++;
        }
        if (isAlphanumeric(peek())) {
            position++;
            error("bad number syntax: " + GoQuote.quote(input.substring(start, position)));
            return;
        }
        emit(Kind.NUMBER);
    }

    private String prefixed(String decimal) {
        String digits = switch (peek()) {
            case 'x', 'X' -> "0123456789abcdefABCDEF_";
            case 'o', 'O' -> "01234567_";
            case 'b', 'B' -> "01_";
            default -> decimal;
        };
        if (!digits.equals(decimal)) {
            position++;
        }
        return digits;
    }

    private void accept(String digits) {
        while (peek() != END && digits.indexOf(peek()) >= 0) {
            position++;
        }
    }

    private void alphanumerics() {
        while (isAlphanumeric(peek())) {
            position += Character.charCount(peek());
        }
    }

    private boolean atTerminator() {
        int c = peek();
        return c == END
                || (c < 0x80 && isSpace((char) c))
                || c == '.'
                || c == ','
                || c == '|'
                || c == ':'
                || c == ')'
                || c == '('
                || input.startsWith("}}", position);
    }

    private boolean atRightDelimiter(int at) {
        return input.startsWith("}}", at) || rightTrim(at);
    }

    private boolean rightTrim(int at) {
        return at < input.length() && isSpace(input.charAt(at)) && input.startsWith("-}}", at + 1);
    }

    private boolean leftTrim(int at) {
        return at + 1 < input.length() && input.charAt(at) == '-' && isSpace(input.charAt(at + 1));
    }

    private int peek() {
        return position < input.length() ? input.codePointAt(position) : END;
    }

    private void one(Kind kind) {
        position++;
        emit(kind);
    }

    private void emit(Kind kind) {
        countLines(start);
        startLine = line;
        tokens.add(new Token(kind, start, startLine, input.substring(start, position)));
        start = position;
    }

    private void error(String message) {
        countLines(Math.min(position, input.length()));
        tokens.add(new Token(Kind.ERROR, start, line, message));
        failed = true;
    }

    private void countLines(int to) {
        for (; countedTo < to; countedTo++) {
            if (input.charAt(countedTo) == '\n') {
                line++;
            }
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    private static boolean isAlphanumeric(int c) {
        return c == '_' || (c != END && Character.isLetterOrDigit(c));
    }
}
