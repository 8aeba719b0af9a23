package caretaker.alerts.template;

import caretaker.alerts.template.GoFunction.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pipelines, commands and operands of one execution, and its variables. Remembers where it is, for errors. */
final class Evaluation {
    private final Run run;
    private Tree tree;
    private Node at;
    private final List<String> names = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();
    private int base;

    Evaluation(Run run, Tree tree) {
        this.run = run;
        this.tree = tree;
        this.at = tree.root();
    }

    /** What a template sees no more while it calls another one. */
    record Frame(Tree tree, int base, int mark) {}

    Frame enter(Tree called, Object argument) {
        var frame = new Frame(tree, base, mark());
        tree = called;
        base = names.size();
        declare("$", argument);
        return frame;
    }

    void leave(Frame frame) {
        forget(frame.mark());
        tree = frame.tree();
        base = frame.base();
    }

    void at(Node node) {
        at = node;
    }

    int mark() {
        return names.size();
    }

    void forget(int mark) {
        names.subList(mark, names.size()).clear();
        values.subList(mark, values.size()).clear();
    }

    void declare(String name, Object value) {
        names.add(name);
        values.add(value);
    }

    void set(String name, Object value, boolean assigns) {
        if (assigns) {
            values.set(indexOf(name), value);
        } else {
            declare(name, value);
        }
    }

    private int indexOf(String name) {
        for (int i = names.size() - 1; i >= base; i--) {
            if (names.get(i).equals(name)) {
                return i;
            }
        }
        throw new GoError("undefined variable: " + name);
    }

    /** A value in an error: its beginning. */
    String shown(Object value) {
        BoundedText text = run.text();
        GoValues.print(text, value);
        String all = text.toString();
        return all.length() > 200 ? all.substring(0, 200) + "..." : all;
    }

    TemplateException failure(GoError error) {
        Source source = tree.source();
        int position = Math.min(at.position(), source.text().length());
        int line = source.line(position);
        String context = at.toString();
        if (context.length() > 300) {
            context = context.substring(0, 300) + "...";
        }
        String place = source.name() + ":" + line + ":" + source.column(position);
        String message = "template: " + place + ": executing " + GoQuote.quote(tree.name()) + " at <" + context + ">: "
                + error.text();
        return new TemplateException(source.name(), line, message);
    }

    Object pipeline(Object dot, Node.Pipe pipe) {
        at(pipe);
        Object value = null;
        for (Node.Command command : pipe.commands()) {
            value = command(dot, command, value);
        }
        Object result = value == null ? GoNil.NIL : value;
        for (String name : pipe.variables()) {
            set(name, result, pipe.assigns());
        }
        return result;
    }

    private Object command(Object dot, Node.Command command, @Nullable Object piped) {
        run.spend(1);
        List<Node> words = command.words();
        Node first = words.getFirst();
        return switch (first) {
            case Node.Field field -> {
                at(field);
                yield chain(dot, dot, field, field.names(), 0, words, piped);
            }
            case Node.Chain chain -> chain(dot, chain, words, piped);
            case Node.Identifier identifier -> {
                at(identifier);
                yield call(dot, identifier.function(), command, words, piped);
            }
            case Node.Pipe pipe -> {
                noArguments(words, piped);
                yield pipeline(dot, pipe);
            }
            case Node.Variable variable -> variable(dot, variable, words, piped);
            default -> {
                at(first);
                noArguments(words, piped);
                yield constant(dot, first);
            }
        };
    }

    private Object constant(Object dot, Node node) {
        return switch (node) {
            case Node.Dot _ -> dot;
            case Node.Bool bool -> bool.value();
            case Node.Numeral number -> number.ideal();
            case Node.Str text -> text.value();
            case Node.Nil _ -> throw new GoError("nil is not a command");
            default -> throw new GoError("can't evaluate command " + node);
        };
    }

    private static void noArguments(List<Node> words, @Nullable Object piped) {
        if (words.size() > 1 || piped != null) {
            throw new GoError("can't give argument to non-function " + words.getFirst());
        }
    }

    private Object variable(Object dot, Node.Variable variable, List<Node> words, @Nullable Object piped) {
        at(variable);
        Object value = values.get(indexOf(variable.names().getFirst()));
        if (variable.names().size() == 1) {
            noArguments(words, piped);
            return value;
        }
        return chain(dot, value, variable, variable.names(), 1, words, piped);
    }

    private Object chain(Object dot, Node.Chain chain, List<Node> words, @Nullable Object piped) {
        at(chain);
        if (chain.head() instanceof Node.Nil) {
            throw new GoError("indirection through explicit nil in " + chain);
        }
        Object head = argument(dot, Parameter.ANY, chain.head());
        return chain(dot, head, chain, chain.names(), 0, words, piped);
    }

    private Object chain(
            Object dot,
            Object head,
            Node node,
            List<String> fields,
            int from,
            List<Node> words,
            @Nullable Object piped) {
        Object value = head;
        int last = fields.size() - 1;
        for (int i = from; i < last; i++) {
            value = field(dot, fields.get(i), node, List.of(node), null, value);
        }
        return field(dot, fields.get(last), node, words, piped, value);
    }

    private Object field(
            Object dot, String name, Node node, List<Node> words, @Nullable Object piped, Object receiver) {
        run.spend(1);
        if (receiver == GoNil.NIL) {
            return GoNil.NIL;
        }
        GoFunction method = Members.method(receiver, name);
        if (method != null) {
            return call(dot, method, node, words, piped);
        }
        boolean arguments = words.size() > 1 || piped != null;
        int index = receiver instanceof GoStruct struct ? struct.indexOf(name) : -1;
        if (receiver instanceof GoStruct(var _, var fields) && index >= 0) {
            if (arguments) {
                throw new GoError(name + " has arguments but cannot be invoked as function");
            }
            return fields.get(index);
        }
        if (receiver instanceof GoMap map) {
            if (arguments) {
                throw new GoError(name + " is not a method but has arguments");
            }
            return map.get(name);
        }
        throw GoTypes.noField(name, receiver);
    }

    private Object call(Object dot, GoFunction function, Node node, List<Node> words, @Nullable Object piped) {
        int given = words.size() - 1;
        int all = given + (piped == null ? 0 : 1);
        checkCount(function, given, all);
        boolean or = function.name().equals("or");
        if (or || function.name().equals("and")) {
            return shortCircuit(dot, or, words, piped);
        }
        Object[] arguments = new Object[all];
        for (int i = 0; i < given; i++) {
            arguments[i] = argument(dot, function.parameter(i), words.get(i + 1));
        }
        if (piped != null) {
            arguments[given] = fitting(piped, function.parameter(given));
        }
        run.spend(1 + all);
        try {
            Object result = function.body().call(run, arguments);
            if (result instanceof String text) {
                run.produced(text.length());
            }
            return result;
        } catch (GoError e) {
            at(node);
            throw e.isLimit() ? e : new GoError("error calling " + function.name() + ": " + e.text());
        }
    }

    private static void checkCount(GoFunction function, int given, int all) {
        int fixed = function.fixed();
        if (function.variadic() ? all < fixed : all != fixed) {
            String wanted = function.variadic() ? "at least " + fixed : Integer.toString(fixed);
            int got = function.variadic() ? given : all;
            throw new GoError("wrong number of args for " + function.name() + ": want " + wanted + " got " + got);
        }
    }

    /** and, or: the first argument that decides is the value, the others are not looked at. */
    private Object shortCircuit(Object dot, boolean or, List<Node> words, @Nullable Object piped) {
        Object value = GoNil.NIL;
        for (Node word : words.subList(1, words.size())) {
            value = argument(dot, Parameter.VALUE, word);
            if (GoTypes.truth(value) == or) {
                return value;
            }
        }
        return piped == null ? value : piped;
    }

    private Object argument(Object dot, Parameter type, Node node) {
        at(node);
        List<Node> alone = List.of(node);
        return switch (node) {
            case Node.Dot _ -> fitting(dot, type);
            case Node.Nil _ -> {
                if (!type.takesNil()) {
                    throw new GoError("cannot assign nil to " + type.goName());
                }
                yield type.nil();
            }
            case Node.Field field -> fitting(chain(dot, dot, field, field.names(), 0, alone, null), type);
            case Node.Variable variable -> fitting(variable(dot, variable, alone, null), type);
            case Node.Pipe pipe -> fitting(pipeline(dot, pipe), type);
            case Node.Identifier identifier -> fitting(call(dot, identifier.function(), identifier, alone, null), type);
            case Node.Chain chain -> fitting(chain(dot, chain, alone, null), type);
            default -> literal(type, node);
        };
    }

    private static Object literal(Parameter type, Node node) {
        return switch (type) {
            case ANY, VALUE ->
                switch (node) {
                    case Node.Bool bool -> bool.value();
                    case Node.Numeral number -> number.ideal();
                    case Node.Str text -> text.value();
                    default -> throw new GoError("can't handle assignment of " + node + " to empty interface argument");
                };
            case BOOL -> {
                if (node instanceof Node.Bool bool) {
                    yield bool.value();
                }
                throw new GoError("expected bool; found " + node);
            }
            case STRING -> {
                if (node instanceof Node.Str text) {
                    yield text.value();
                }
                throw new GoError("expected string; found " + node);
            }
            case INT, INT64, DURATION -> {
                if (node instanceof Node.Numeral number && number.whole()) {
                    yield integer(type, number.integer());
                }
                throw new GoError("expected integer; found " + node);
            }
            default -> throw new GoError("can't handle " + node + " for arg of type " + type.goName());
        };
    }

    private static Object integer(Parameter type, long value) {
        return switch (type) {
            case DURATION -> GoInt.duration(value);
            case INT64 -> new GoInt(GoInt.Type.INT64, value);
            default -> value;
        };
    }

    private static Object fitting(Object value, Parameter type) {
        if (value == GoNil.NIL) {
            if (!type.takesNil()) {
                throw new GoError("invalid value; expected " + type.goName());
            }
            return type.nil();
        }
        if (!type.takes(value)) {
            throw new GoError("wrong type for value; expected " + type.goName() + "; got " + GoTypes.name(value));
        }
        return value;
    }
}
