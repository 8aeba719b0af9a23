package caretaker.alerts.template;

import caretaker.alerts.template.HtmlContext.Delimiter;
import caretaker.alerts.template.HtmlContext.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites templates so that each value is escaped for the place where it stands. A template that is called in several
 * places, such as in a text and in an attribute, gets one version for each.
 */
final class HtmlCompiler {
    private static final int MAX_VERSIONS = 2000;

    private final Map<String, Tree> trees;
    private final Map<String, Tree> versions = new HashMap<>();
    private final Map<String, HtmlContext> ends = new HashMap<>();
    private final Set<String> called = new HashSet<>();
    private final Deque<Loop> loops = new ArrayDeque<>();
    private Tree tree;
    private Node at;
    private int compiled;

    private HtmlCompiler(Map<String, Tree> trees, Tree root) {
        this.trees = trees;
        this.tree = root;
        this.at = root.root();
    }

    /** Where the breaks and the continues of a range are. */
    private record Loop(List<HtmlContext> breaks, List<HtmlContext> continues) {
        Loop() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    /** What the template and all that it calls become; the template keeps its name. */
    static Map<String, Tree> compile(Map<String, Tree> trees, Tree root) throws TemplateException {
        var compiler = new HtmlCompiler(trees, root);
        try {
            HtmlContext end = compiler.template(HtmlContext.TEXT, root.name());
            if (end.state() != State.TEXT) {
                throw new GoError("ends in a non-text context: " + end);
            }
            return compiler.versions;
        } catch (GoError e) {
            throw compiler.failure(e.text());
        } catch (StackOverflowError e) {
            throw compiler.failure("templates are nested too deep");
        }
    }

    private TemplateException failure(String message) {
        Source source = tree.source();
        int position = Math.min(at.position(), source.text().length());
        int line = source.line(position);
        String place = "html/template:" + source.name() + ":" + line + ":" + source.column(position);
        return new TemplateException(source.name(), line, place + ": " + message);
    }

    private static String version(String name, HtmlContext c) {
        return c.state() == State.TEXT ? name : name + "$" + c;
    }

    /** Compiles the template for the place and says in which context it ends. */
    private HtmlContext template(HtmlContext c, String name) {
        String version = version(name, c);
        called.add(version);
        HtmlContext known = ends.get(version);
        if (known != null) {
            return known;
        }
        Tree callee = trees.get(name);
        if (callee == null) {
            throw new GoError("no such template " + GoQuote.quote(name));
        }
        Tree caller = tree;
        Node place = at;
        tree = callee;
        HtmlContext end = end(c, callee, version);
        tree = caller;
        at = place;
        return end;
    }

    private HtmlContext end(HtmlContext c, Tree callee, String version) {
        // a template that calls itself most often ends where it began; if not, its end may be a fixed point
        HtmlContext first = body(c, c, callee, version);
        if (first.equals(c) || !called.contains(version + "!")) {
            return first;
        }
        HtmlContext second = body(c, first, callee, version);
        if (!second.equals(first)) {
            throw new GoError("cannot compute output context for template " + callee.name());
        }
        return second;
    }

    private HtmlContext body(HtmlContext start, HtmlContext assumedEnd, Tree callee, String version) {
        compiled++;
        if (compiled > MAX_VERSIONS) {
            throw new GoError("more than " + MAX_VERSIONS + " versions of templates");
        }
        ends.put(version, assumedEnd);
        boolean before = called.remove(version);
        Part part = sequence(start, callee.root());
        if (called.contains(version)) {
            called.add(version + "!"); // it calls itself
        } else if (before) {
            called.add(version);
        }
        ends.put(version, part.context());
        versions.put(version, new Tree(callee.name(), callee.source(), (Node.Sequence) part.node()));
        return part.context();
    }

    private record Part(Node node, HtmlContext context) {}

    private Part sequence(HtmlContext start, Node.Sequence sequence) {
        HtmlContext c = start;
        List<Node> nodes = new ArrayList<>(sequence.nodes().size());
        for (Node node : sequence.nodes()) {
            Part part = node(c, node);
            nodes.add(part.node());
            c = part.context();
        }
        return new Part(new Node.Sequence(sequence.position(), List.copyOf(nodes)), c);
    }

    private Part node(HtmlContext c, Node node) {
        at = node;
        return switch (node) {
            case Node.Text text -> {
                HtmlTexts.Written written = HtmlTexts.follow(c, text);
                yield new Part(written.text(), written.context());
            }
            case Node.Action action -> action(c, action);
            case Node.Branch branch -> {
                Part body = sequence(c, branch.body());
                Part orElse = orElse(c, branch.orElse());
                at = branch;
                HtmlContext after = joined(branch.keyword(), body.context(), orElse.context());
                yield new Part(
                        new Node.Branch(
                                branch.position(),
                                branch.keyword(),
                                branch.pipe(),
                                (Node.Sequence) body.node(),
                                branch.orElse() == null ? null : (Node.Sequence) orElse.node()),
                        after);
            }
            case Node.Range range -> range(c, range);
            case Node.Call call -> {
                HtmlContext end = template(c, call.name());
                yield new Part(new Node.Call(call.position(), version(call.name(), c), call.pipe()), end);
            }
            case Node.Break _ -> {
                loop().breaks().add(c);
                yield new Part(node, c.with(State.DEAD));
            }
            case Node.Continue _ -> {
                loop().continues().add(c);
                yield new Part(node, c.with(State.DEAD));
            }
            default -> throw new GoError("unexpected node " + node);
        };
    }

    private Loop loop() {
        Loop loop = loops.peek();
        if (loop == null) {
            throw new GoError("break or continue outside of range");
        }
        return loop;
    }

    private Part orElse(HtmlContext c, Node.@Nullable Sequence orElse) {
        return orElse == null ? new Part(new Node.Sequence(0, List.of()), c) : sequence(c, orElse);
    }

    private static HtmlContext joined(String keyword, HtmlContext a, HtmlContext b) {
        HtmlContext joined = HtmlContext.join(a, b);
        if (joined == null) {
            throw new GoError("{{" + keyword + "}} branches end in different contexts: " + a + ", " + b);
        }
        return joined;
    }

    private Part range(HtmlContext c, Node.Range range) {
        var loop = new Loop();
        loops.push(loop);
        Part body = sequence(c, range.body());
        HtmlContext once = body.context();
        for (HtmlContext place : loop.continues()) {
            once = joined("range", once, place);
        }
        // the body may run again behind itself
        Part again = sequence(once, range.body());
        loops.pop();
        at = range;
        HtmlContext end = again.context();
        for (HtmlContext place : loop.continues()) {
            end = joined("range", end, place);
        }
        end = joined("range", once, end);
        for (HtmlContext place : loop.breaks()) {
            end = joined("range", end, place);
        }
        Part orElse = orElse(c, range.orElse());
        at = range;
        HtmlContext after = joined("range", end, orElse.context());
        return new Part(
                new Node.Range(
                        range.position(),
                        range.pipe(),
                        (Node.Sequence) body.node(),
                        range.orElse() == null ? null : (Node.Sequence) orElse.node()),
                after);
    }

    private Part action(HtmlContext start, Node.Action action) {
        if (!action.pipe().variables().isEmpty() || start.state() == State.DEAD) {
            return new Part(action, start);
        }
        HtmlContext c = start.nudged();
        refuseEscapersInside(c, action.pipe());
        List<Escaper> escapers = new ArrayList<>(byState(c));
        switch (c.delimiter()) {
            case NONE -> {}
            case SPACE_OR_TAG_END -> escapers.add(Escaper.UNQUOTED_ATTRIBUTE);
            case SINGLE_QUOTE, DOUBLE_QUOTE -> escapers.add(Escaper.ATTRIBUTE);
        }
        Node.Pipe pipe = withoutOwnEscaper(action.pipe(), escapers);
        return new Part(new Node.Action(action.position(), pipe, List.copyOf(escapers)), after(c));
    }

    private static HtmlContext after(HtmlContext c) {
        return switch (c.state()) {
            case JS -> c.with(HtmlContext.Slash.DIVISION);
            case TAG -> c.with(State.ATTRIBUTE_NAME);
            default -> c;
        };
    }

    private static List<Escaper> byState(HtmlContext c) {
        return switch (c.state()) {
            case TEXT -> List.of(Escaper.TEXT);
            case RCDATA -> List.of(Escaper.RCDATA);
            case ATTRIBUTE, DEAD -> List.of();
            case ATTRIBUTE_NAME, TAG, AFTER_NAME, BEFORE_VALUE -> List.of(Escaper.NAME);
            case URL, CSS_DOUBLE_QUOTED, CSS_SINGLE_QUOTED, CSS_DOUBLE_QUOTED_URL, CSS_SINGLE_QUOTED_URL, CSS_URL ->
                url(c);
            case SRCSET -> List.of(Escaper.SRCSET);
            case JS -> List.of(Escaper.JS_VALUE);
            case JS_DOUBLE_QUOTED, JS_SINGLE_QUOTED -> List.of(Escaper.JS_STRING);
            case JS_TEMPLATE_LITERAL -> throw new GoError("actions are not allowed in a JS template literal");
            case JS_REGEXP -> List.of(Escaper.JS_REGEXP);
            case CSS -> List.of(Escaper.CSS_VALUE);
            case HTML_COMMENT, JS_BLOCK_COMMENT, JS_LINE_COMMENT, CSS_BLOCK_COMMENT, CSS_LINE_COMMENT ->
                List.of(Escaper.COMMENT);
        };
    }

    private static List<Escaper> url(HtmlContext c) {
        boolean string = c.state() == State.CSS_DOUBLE_QUOTED || c.state() == State.CSS_SINGLE_QUOTED;
        Escaper whole = string ? Escaper.CSS_STRING : Escaper.URL_WHOLE;
        return switch (c.urlPart()) {
            case NONE -> List.of(Escaper.URL_FILTER, whole);
            case BEFORE_QUERY -> List.of(whole);
            case QUERY_OR_FRAGMENT -> List.of(Escaper.URL_PART);
            case UNKNOWN -> throw new GoError("action appears in an ambiguous context within a URL");
        };
    }

    private static @Nullable String escaperName(Node.Command command) {
        if (command.words().getFirst() instanceof Node.Identifier(var _, var function)) {
            String name = function.name();
            return name.equals("html") || name.equals("urlquery") ? name : null;
        }
        return null;
    }

    private static void refuseEscapersInside(HtmlContext c, Node.Pipe pipe) {
        int last = pipe.commands().size() - 1;
        for (int i = 0; i <= last; i++) {
            String name = escaperName(pipe.commands().get(i));
            boolean unquoted = c.state() == State.ATTRIBUTE && c.delimiter() == Delimiter.SPACE_OR_TAG_END;
            if (name != null && (i < last || (unquoted && name.equals("html")))) {
                throw new GoError("predefined escaper " + GoQuote.quote(name) + " disallowed in template");
            }
        }
    }

    /** An html or urlquery that the author wrote at the end takes the place of the escaper that does the same. */
    private static Node.Pipe withoutOwnEscaper(Node.Pipe pipe, List<Escaper> escapers) {
        int last = pipe.commands().size() - 1;
        Node.Command command = pipe.commands().get(last);
        String name = escaperName(command);
        if (name == null || !replace(escapers, name)) {
            return pipe;
        }
        List<Node.Command> commands = new ArrayList<>(pipe.commands());
        if (last == 0) {
            commands.set(0, joining(command)); // {{ html .X "y" }}
        } else {
            commands.removeLast();
        }
        return new Node.Pipe(pipe.position(), pipe.variables(), pipe.assigns(), List.copyOf(commands));
    }

    private static boolean replace(List<Escaper> escapers, String name) {
        boolean replaced = false;
        for (int i = 0; i < escapers.size(); i++) {
            Escaper own = switch (escapers.get(i)) {
                case TEXT, ATTRIBUTE, UNQUOTED_ATTRIBUTE -> Escaper.HTML_FUNCTION;
                case URL_PART, URL_WHOLE -> Escaper.URL_QUERY_FUNCTION;
                default -> null;
            };
            if (own != null && name.equals(own == Escaper.HTML_FUNCTION ? "html" : "urlquery")) {
                escapers.set(i, own);
                replaced = true;
            }
        }
        return replaced;
    }

    private static Node.Command joining(Node.Command command) {
        List<Node> words = new ArrayList<>(command.words());
        words.set(0, new Node.Identifier(words.getFirst().position(), Functions.JOINED));
        return new Node.Command(command.position(), List.copyOf(words));
    }
}
