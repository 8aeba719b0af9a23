package caretaker.alerts.template;

import caretaker.alerts.template.Token.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What stands inside an action: pipelines, commands, operands, constants. Holds the place in the tokens. */
final class Terms {
    private static final int MAX_PARENTHESES = 100;
    private static final Pattern DIGITS = Pattern.compile("[+-]?[0-9]+");

    private final Source source;
    private final List<Token> tokens;
    private List<String> variables = new ArrayList<>(List.of("$"));
    private int at;
    private int furthest;
    private int actionLine;
    private int parentheses;

    Terms(Source source) {
        this.source = source;
        this.tokens = Lexer.tokens(source.text());
    }

    Token peek() {
        return tokens.get(Math.min(at, tokens.size() - 1));
    }

    Token next() {
        Token token = peek();
        furthest = Math.max(furthest, Math.min(at, tokens.size() - 1));
        at++;
        return token;
    }

    Token peekNonSpace() {
        while (peek().is(Kind.SPACE)) {
            at++;
        }
        furthest = Math.max(furthest, Math.min(at, tokens.size() - 1));
        return peek();
    }

    Token nextNonSpace() {
        peekNonSpace();
        return next();
    }

    void back() {
        at--;
    }

    boolean definitionFollows() {
        int ahead = at + 1;
        while (ahead < tokens.size() && tokens.get(ahead).is(Kind.SPACE)) {
            ahead++;
        }
        return ahead < tokens.size() && tokens.get(ahead).isKeyword("define");
    }

    void markAction() {
        actionLine = peek().line();
    }

    List<String> enterTemplate() {
        List<String> outer = variables;
        variables = new ArrayList<>(List.of("$"));
        return outer;
    }

    void leaveTemplate(List<String> outer) {
        variables = outer;
    }

    int visible() {
        return variables.size();
    }

    void forgetFrom(int count) {
        variables.subList(count, variables.size()).clear();
    }

    TemplateException error(String message) {
        int line = tokens.get(Math.min(furthest, tokens.size() - 1)).line();
        return new TemplateException(source.name(), line, "template: " + source.name() + ":" + line + ": " + message);
    }

    TemplateException unexpected(Token token, String context) {
        if (!token.is(Kind.ERROR)) {
            return error("unexpected " + token + " in " + context);
        }
        String started = "";
        if (actionLine != 0 && actionLine != token.line()) {
            started = (token.text().endsWith(" action") ? "" : " in action") + " started at " + source.name() + ":"
                    + actionLine;
        }
        return error(token + started);
    }

    String templateName(String context) throws TemplateException {
        Token token = nextNonSpace();
        if (!token.is(Kind.STRING) && !token.is(Kind.RAW_STRING)) {
            throw unexpected(token, context);
        }
        return text(token);
    }

    Node.Pipe pipeline(String context, Kind end) throws TemplateException {
        int position = peekNonSpace().position();
        List<String> declared = new ArrayList<>();
        boolean assigns = declarations(context, declared);
        List<Node.Command> commands = new ArrayList<>();
        while (true) {
            Token token = nextNonSpace();
            if (token.is(end)) {
                checkStages(commands, context);
                return new Node.Pipe(position, List.copyOf(declared), assigns, List.copyOf(commands));
            }
            switch (token.kind()) {
                case BOOL,
                        CHAR_CONSTANT,
                        DOT,
                        FIELD,
                        IDENTIFIER,
                        NUMBER,
                        NIL,
                        RAW_STRING,
                        STRING,
                        VARIABLE,
                        LEFT_PAREN -> {
                    back();
                    commands.add(command());
                }
                default -> throw unexpected(token, context);
            }
        }
    }

    /** Reads {@code $x :=}, {@code $x =} and, for range, {@code $i, $x :=}. Says whether it assigns. */
    private boolean declarations(String context, List<String> declared) throws TemplateException {
        while (peekNonSpace().is(Kind.VARIABLE)) {
            int start = at;
            Token variable = next();
            Token after = peekNonSpace();
            if (after.is(Kind.ASSIGN) || after.is(Kind.DECLARE)) {
                next();
                declared.add(variable.text());
                variables.add(variable.text());
                return after.is(Kind.ASSIGN);
            }
            if (!after.is(Kind.CHAR) || !after.text().equals(",")) {
                at = start;
                return false;
            }
            next();
            declared.add(variable.text());
            variables.add(variable.text());
            if (!context.equals("range") || declared.size() >= 2) {
                throw error("too many declarations in " + context);
            }
            Token follows = peekNonSpace();
            if (!follows.is(Kind.VARIABLE) && !follows.is(Kind.RIGHT_DELIM) && !follows.is(Kind.RIGHT_PAREN)) {
                throw error("range can only initialize variables");
            }
        }
        return false;
    }

    private void checkStages(List<Node.Command> commands, String context) throws TemplateException {
        if (commands.isEmpty()) {
            throw error("missing value for " + context);
        }
        for (int i = 1; i < commands.size(); i++) {
            switch (commands.get(i).words().getFirst()) {
                case Node.Bool _, Node.Dot _, Node.Nil _, Node.Numeral _, Node.Str _ ->
                    throw error("non executable command in pipeline stage " + (i + 1));
                default -> {}
            }
        }
    }

    private Node.Command command() throws TemplateException {
        int position = peekNonSpace().position();
        List<Node> words = new ArrayList<>();
        while (true) {
            peekNonSpace();
            Node operand = operand();
            if (operand != null) {
                words.add(operand);
            }
            Token token = next();
            if (token.is(Kind.SPACE)) {
                continue;
            }
            if (token.is(Kind.RIGHT_DELIM) || token.is(Kind.RIGHT_PAREN)) {
                back();
            } else if (!token.is(Kind.PIPE)) {
                throw unexpected(token, "operand");
            }
            break;
        }
        if (words.isEmpty()) {
            throw error("empty command");
        }
        return new Node.Command(position, List.copyOf(words));
    }

    private @Nullable Node operand() throws TemplateException {
        Node node = term();
        if (node == null || !peek().is(Kind.FIELD)) {
            return node;
        }
        int position = peek().position();
        List<String> names = new ArrayList<>();
        while (peek().is(Kind.FIELD)) {
            names.add(next().text().substring(1));
        }
        return switch (node) {
            case Node.Field(var _, var first) -> new Node.Field(position, joined(first, names));
            case Node.Variable(var _, var first) -> new Node.Variable(position, joined(first, names));
            case Node.Bool _, Node.Str _, Node.Numeral _, Node.Nil _, Node.Dot _ ->
                throw error("unexpected . after term " + GoQuote.quote(node.toString()));
            default -> new Node.Chain(position, node, List.copyOf(names));
        };
    }

    private static List<String> joined(List<String> first, List<String> rest) {
        var all = new ArrayList<>(first);
        all.addAll(rest);
        return List.copyOf(all);
    }

    private @Nullable Node term() throws TemplateException {
        Token token = nextNonSpace();
        int position = token.position();
        return switch (token.kind()) {
            case IDENTIFIER -> {
                GoFunction function = Functions.find(token.text());
                if (function == null) {
                    throw error("function " + GoQuote.quote(token.text()) + " not defined");
                }
                yield new Node.Identifier(position, function);
            }
            case DOT -> new Node.Dot(position);
            case NIL -> new Node.Nil(position);
            case BOOL -> new Node.Bool(position, token.text().equals("true"));
            case FIELD -> new Node.Field(position, List.of(token.text().substring(1)));
            case VARIABLE -> {
                if (!variables.contains(token.text())) {
                    throw error("undefined variable " + GoQuote.quote(token.text()));
                }
                yield new Node.Variable(position, Arrays.asList(token.text()));
            }
            case NUMBER, CHAR_CONSTANT -> number(token);
            case STRING, RAW_STRING -> new Node.Str(position, token.text(), text(token));
            case LEFT_PAREN -> {
                parentheses++;
                if (parentheses > MAX_PARENTHESES) {
                    throw error("parentheses nested more than " + MAX_PARENTHESES + " deep");
                }
                Node.Pipe pipe = pipeline("parenthesized pipeline", Kind.RIGHT_PAREN);
                parentheses--;
                yield pipe;
            }
            default -> {
                back();
                yield null;
            }
        };
    }

    private String text(Token token) throws TemplateException {
        String text = GoQuote.unquote(token.text());
        if (text == null) {
            throw error("invalid syntax");
        }
        return text;
    }

    private Node.Numeral number(Token token) throws TemplateException {
        String text = token.text();
        if (token.is(Kind.CHAR_CONSTANT)) {
            int c = GoQuote.unquoteCharacter(text);
            if (c < 0) {
                boolean several = GoQuote.isQuoted(text);
                throw error(several ? "malformed character constant: " + text : "invalid syntax");
            }
            return new Node.Numeral(token.position(), text, true, c, c);
        }
        Node.Numeral number = Constants.number(token.position(), text);
        if (number == null) {
            boolean integer = DIGITS.matcher(text).matches();
            throw error((integer ? "integer overflow: " : "illegal number syntax: ") + GoQuote.quote(text));
        }
        return number;
    }
}
