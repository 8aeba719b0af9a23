package caretaker.alerts.template;

/** One piece of a template's source. */
record Token(Kind kind, int position, int line, String text) {
    enum Kind {
        TEXT,
        LEFT_DELIM,
        RIGHT_DELIM,
        SPACE,
        ASSIGN,
        DECLARE,
        PIPE,
        LEFT_PAREN,
        RIGHT_PAREN,
        CHAR,
        STRING,
        RAW_STRING,
        CHAR_CONSTANT,
        NUMBER,
        BOOL,
        NIL,
        DOT,
        FIELD,
        VARIABLE,
        IDENTIFIER,
        KEYWORD,
        ERROR,
        EOF
    }

    boolean is(Kind other) {
        return kind == other;
    }

    boolean isKeyword(String word) {
        return kind == Kind.KEYWORD && text.equals(word);
    }

    /** As Go names a token in its messages. */
    @Override
    public String toString() {
        return switch (kind) {
            case EOF -> "EOF";
            case ERROR -> text;
            case KEYWORD, NIL -> "<" + text + ">";
            case DOT -> "<.>";
            default -> text.length() > 10 ? GoQuote.quote(text.substring(0, 10)) + "..." : GoQuote.quote(text);
        };
    }
}
