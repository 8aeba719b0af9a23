package caretaker.alerts.template;

import caretaker.alerts.template.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one source into the templates that it defines. Nesting is bounded, so that no source overflows the stack. */
final class Parser {
    private static final int MAX_NESTING = 200;

    private final Source source;
    private final Terms terms;
    private final Map<String, Tree> trees = new LinkedHashMap<>();
    private int loops;
    private int nesting;

    private Parser(Source source) {
        this.source = source;
        this.terms = new Terms(source);
    }

    /** The templates of the source by name; its own text is under {@code name}. */
    static Map<String, Tree> parse(String name, Source source) throws TemplateException {
        return new Parser(source).templates(name);
    }

    private Map<String, Tree> templates(String name) throws TemplateException {
        List<Node> nodes = new ArrayList<>();
        while (!terms.peek().is(Kind.EOF)) {
            if (terms.peek().is(Kind.LEFT_DELIM) && terms.definitionFollows()) {
                definition();
                continue;
            }
            Part part = textOrAction();
            if (part.node() == null) {
                throw terms.error("unexpected " + part.end());
            }
            nodes.add(part.node());
        }
        add(new Tree(name, source, new Node.Sequence(0, List.copyOf(nodes))));
        return trees;
    }

    private void definition() throws TemplateException {
        terms.next();
        terms.nextNonSpace();
        String name = terms.templateName("define clause");
        Token close = terms.nextNonSpace();
        if (!close.is(Kind.RIGHT_DELIM)) {
            throw terms.unexpected(close, "define clause");
        }
        add(body(name, "define clause"));
    }

    private Tree body(String name, String context) throws TemplateException {
        List<String> outer = terms.enterTemplate();
        int outerLoops = loops;
        loops = 0;
        Items items = items();
        if (items.end() != End.END) {
            throw terms.error("unexpected " + items.end() + " in " + context);
        }
        loops = outerLoops;
        terms.leaveTemplate(outer);
        return new Tree(name, source, items.nodes());
    }

    private void add(Tree tree) throws TemplateException {
        Tree present = trees.get(tree.name());
        if (present == null || present.isEmpty()) {
            trees.put(tree.name(), tree);
        } else if (!tree.isEmpty()) {
            throw terms.error("template: multiple definition of template " + GoQuote.quote(tree.name()));
        }
    }

    private Items items() throws TemplateException {
        nesting++;
        if (nesting > MAX_NESTING) {
            throw terms.error("nested more than " + MAX_NESTING + " deep");
        }
        int position = terms.peekNonSpace().position();
        List<Node> nodes = new ArrayList<>();
        while (!terms.peekNonSpace().is(Kind.EOF)) {
            Part part = textOrAction();
            if (part.node() == null) {
                nesting--;
                return new Items(new Node.Sequence(position, List.copyOf(nodes)), part.end());
            }
            nodes.add(part.node());
        }
        throw terms.error("unexpected EOF");
    }

    private Part textOrAction() throws TemplateException {
        Token token = terms.nextNonSpace();
        return switch (token.kind()) {
            case TEXT -> new Part(new Node.Text(token.position(), token.text()), End.NONE);
            case LEFT_DELIM -> action();
            default -> throw terms.unexpected(token, "input");
        };
    }

    private Part action() throws TemplateException {
        terms.markAction();
        Token token = terms.nextNonSpace();
        if (token.is(Kind.KEYWORD)) {
            return keyword(token);
        }
        terms.back();
        int position = terms.peek().position();
        return node(new Node.Action(position, terms.pipeline("command", Kind.RIGHT_DELIM), List.of()));
    }

    private Part keyword(Token token) throws TemplateException {
        return switch (token.text()) {
            case "if", "with", "range" -> node(control(token));
            case "template" -> node(call());
            case "block" -> node(block());
            case "break", "continue" -> node(jump(token));
            case "end" -> {
                Token close = terms.nextNonSpace();
                if (!close.is(Kind.RIGHT_DELIM)) {
                    throw terms.unexpected(close, "end");
                }
                yield new Part(null, End.END);
            }
            case "else" -> otherwise();
            default -> throw terms.unexpected(token, "command");
        };
    }

    private Part otherwise() throws TemplateException {
        Token next = terms.peekNonSpace();
        if (next.isKeyword("if")) {
            return new Part(null, End.ELSE_IF);
        }
        if (next.isKeyword("with")) {
            return new Part(null, End.ELSE_WITH);
        }
        Token close = terms.nextNonSpace();
        if (!close.is(Kind.RIGHT_DELIM)) {
            throw terms.unexpected(close, "else");
        }
        return new Part(null, End.ELSE);
    }

    private Node jump(Token token) throws TemplateException {
        Token close = terms.nextNonSpace();
        if (!close.is(Kind.RIGHT_DELIM)) {
            throw terms.unexpected(close, "{{" + token.text() + "}}");
        }
        if (loops == 0) {
            throw terms.error("{{" + token.text() + "}} outside {{range}}");
        }
        int position = token.position();
        return token.text().equals("break") ? new Node.Break(position) : new Node.Continue(position);
    }

    private Node control(Token token) throws TemplateException {
        String context = token.text();
        boolean range = context.equals("range");
        int visible = terms.visible();
        Node.Pipe pipe = terms.pipeline(context, Kind.RIGHT_DELIM);
        loops += range ? 1 : 0;
        Items body = items();
        loops -= range ? 1 : 0;
        Node.Sequence orElse = null;
        if (body.end() != End.END) {
            orElse = orElse(context, body.end());
        }
        terms.forgetFrom(visible);
        int position = pipe.position();
        return range
                ? new Node.Range(position, pipe, body.nodes(), orElse)
                : new Node.Branch(position, context, pipe, body.nodes(), orElse);
    }

    private Node.Sequence orElse(String context, End end) throws TemplateException {
        if (end == End.ELSE) {
            Items items = items();
            if (items.end() != End.END) {
                throw terms.error("expected end; found " + items.end());
            }
            return items.nodes();
        }
        boolean allowed = end == End.ELSE_IF ? context.equals("if") : context.equals("with");
        if (!allowed) {
            throw terms.unexpected(terms.nextNonSpace(), "input");
        }
        nesting++;
        Token token = terms.nextNonSpace();
        Node nested = control(token);
        nesting--;
        return new Node.Sequence(nested.position(), List.of(nested));
    }

    private Node call() throws TemplateException {
        int position = terms.peekNonSpace().position();
        String name = terms.templateName("template clause");
        Node.Pipe pipe = null;
        if (!terms.nextNonSpace().is(Kind.RIGHT_DELIM)) {
            terms.back();
            pipe = terms.pipeline("template clause", Kind.RIGHT_DELIM);
        }
        return new Node.Call(position, name, pipe);
    }

    private Node block() throws TemplateException {
        int position = terms.peekNonSpace().position();
        String name = terms.templateName("block clause");
        Node.Pipe pipe = terms.pipeline("block clause", Kind.RIGHT_DELIM);
        add(body(name, "block clause"));
        return new Node.Call(position, name, pipe);
    }

    private static Part node(Node node) {
        return new Part(node, End.NONE);
    }

    /** What ended a list of nodes. */
    private enum End {
        NONE(""),
        END("{{end}}"),
        ELSE("{{else}}"),
        ELSE_IF("{{else}}"),
        ELSE_WITH("{{else}}");

        private final String text;

        End(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private record Part(@Nullable Node node, End end) {}

    private record Items(Node.Sequence nodes, End end) {}
}
