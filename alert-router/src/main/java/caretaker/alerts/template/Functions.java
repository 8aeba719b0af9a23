package caretaker.alerts.template;

import static caretaker.alerts.template.GoFunction.Parameter.ANY;
import static caretaker.alerts.template.GoFunction.Parameter.VALUE;

import caretaker.alerts.template.GoFunction.Parameter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every function that a template can name: Go's own ones here, Alertmanager's in {@link AlertFunctions}. */
final class Functions {
    /** Its operands as one text; templates cannot name it. */
    static final GoFunction JOINED = GoFunction.variadic("_eval_args_", (run, a) -> joined(run, a), ANY);

    private static final Map<String, GoFunction> BY_NAME = new HashMap<>();

    static {
        // and, or: the executor evaluates their arguments one by one
        add(GoFunction.variadic("and", (_, a) -> a[a.length - 1], VALUE, VALUE));
        add(GoFunction.variadic("or", (_, a) -> a[a.length - 1], VALUE, VALUE));
        add(GoFunction.of("not", (_, a) -> !GoTypes.truth(a[0]), VALUE));
        add(GoFunction.of("len", (_, a) -> length(a[0]), VALUE));
        add(GoFunction.variadic("index", (_, a) -> index(a), VALUE, VALUE));
        add(GoFunction.variadic("slice", (run, a) -> slice(run, a), VALUE, VALUE));
        add(GoFunction.variadic("call", (_, a) -> call(a), VALUE, VALUE));
        add(GoFunction.variadic("print", (run, a) -> GoFormat.print(run, Arrays.asList(a)), ANY));
        add(GoFunction.variadic("println", (run, a) -> GoFormat.println(run, a), ANY));
        add(GoFunction.variadic(
                "printf",
                (run, a) -> GoFormat.printf(run, (String) a[0], Arrays.copyOfRange(a, 1, a.length)),
                Parameter.STRING,
                ANY));
        add(GoFunction.variadic("html", (run, a) -> html(run, joined(run, a)), ANY));
        add(GoFunction.variadic("js", (run, a) -> js(run, joined(run, a)), ANY));
        add(GoFunction.variadic("urlquery", (run, a) -> urlQuery(joined(run, a)), ANY));
        add(GoFunction.variadic("eq", (_, a) -> Comparison.equalsAny(a), VALUE, VALUE));
        add(GoFunction.of("ne", (_, a) -> Comparison.notEqual(a[0], a[1]), VALUE, VALUE));
        add(GoFunction.of("lt", (_, a) -> Comparison.less(a[0], a[1]), VALUE, VALUE));
        add(GoFunction.of("le", (_, a) -> Comparison.lessOrEqual(a[0], a[1]), VALUE, VALUE));
        add(GoFunction.of("gt", (_, a) -> !Comparison.lessOrEqual(a[0], a[1]), VALUE, VALUE));
        add(GoFunction.of("ge", (_, a) -> !Comparison.less(a[0], a[1]), VALUE, VALUE));
        AlertFunctions.all().forEach(Functions::add);
    }

    private Functions() {}

    private static void add(GoFunction function) {
        BY_NAME.put(function.name(), function);
    }

    static @Nullable GoFunction find(String name) {
        return BY_NAME.get(name);
    }

    private static Long length(Object value) {
        return switch (value) {
            case GoNil _ -> throw new GoError("len of nil pointer");
            case GoList list -> (long) list.items().size();
            case GoMap map -> (long) map.entries().size();
            case String text -> (long) GoStrings.length(text);
            case SafeText safe -> (long) GoStrings.length(safe.text());
            default -> throw new GoError("len of type " + GoTypes.name(value));
        };
    }

    private static Object index(Object[] arguments) {
        Object item = arguments[0];
        if (item == GoNil.NIL) {
            throw new GoError("index of untyped nil");
        }
        for (int i = 1; i < arguments.length; i++) {
            item = index(item, arguments[i]);
        }
        return item;
    }

    private static Object index(Object item, Object key) {
        String text = GoTypes.asString(item);
        return switch (item) {
            case GoNil _ -> throw new GoError("index of nil pointer");
            case GoList list -> list.get(position(key, list.items().size(), false));
            case GoMap map -> {
                if (key == GoNil.NIL) {
                    throw new GoError("value is nil; should be of type string");
                }
                if (!(key instanceof String name)) {
                    throw new GoError("value has type " + GoTypes.name(key) + "; should be string");
                }
                yield map.get(name);
            }
            default -> {
                if (text == null) {
                    throw new GoError("can't index item of type " + GoTypes.name(item));
                }
                int at = position(key, GoStrings.length(text), false);
                yield new GoInt(GoInt.Type.UINT8, GoStrings.byteAt(text, at));
            }
        };
    }

    private static int position(Object key, int length, boolean endAllowed) {
        if (key == GoNil.NIL) {
            throw new GoError("cannot index slice/array with nil");
        }
        Long position = GoTypes.asInteger(key);
        if (position == null) {
            throw new GoError("cannot index slice/array with type " + GoTypes.name(key));
        }
        if (position < 0 || position > length || (position == length && !endAllowed)) {
            throw new GoError("index out of range: " + position);
        }
        return position.intValue();
    }

    private static Object slice(Run run, Object[] arguments) {
        Object item = arguments[0];
        if (item == GoNil.NIL) {
            throw new GoError("slice of untyped nil");
        }
        if (arguments.length > 4) {
            throw new GoError("too many slice indexes: " + (arguments.length - 1));
        }
        String text = GoTypes.asString(item);
        if (text != null && arguments.length == 4) {
            throw new GoError("cannot 3-index slice a string");
        }
        if (text == null && !(item instanceof GoList)) {
            throw new GoError("can't slice item of type " + GoTypes.name(item));
        }
        int length =
                text != null ? GoStrings.length(text) : ((GoList) item).items().size();
        int from = arguments.length > 1 ? position(arguments[1], length, true) : 0;
        int to = arguments.length > 2 ? position(arguments[2], length, true) : length;
        int capacity = arguments.length > 3 ? position(arguments[3], length, true) : length;
        if (from > to) {
            throw new GoError("invalid slice index: " + from + " > " + to);
        }
        if (to > capacity) {
            throw new GoError("invalid slice index: " + to + " > " + capacity);
        }
        run.spend(text != null ? length / 64 : 1);
        if (text != null) {
            String part = GoStrings.slice(text, from, to);
            return item instanceof SafeText(var type, var _) ? new SafeText(type, part) : part;
        }
        return new GoList(((GoList) item).type(), ((GoList) item).items().subList(from, to));
    }

    private static Object call(Object[] arguments) {
        if (arguments[0] == GoNil.NIL) {
            throw new GoError("call of nil");
        }
        throw new GoError("non-function of type " + GoTypes.name(arguments[0]));
    }

    /** The text of one string, or of all operands as print joins them. */
    static String joined(Run run, Object[] arguments) {
        if (arguments.length == 1 && arguments[0] instanceof String text) {
            return text;
        }
        List<Object> shown = Arrays.stream(arguments)
                .map(value -> value == GoNil.NIL ? "<no value>" : value)
                .toList();
        return GoFormat.print(run, shown);
    }

    static String html(Run run, String text) {
        BoundedText out = run.text();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("&#34;");
                case '\'' -> out.append("&#39;");
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case 0 -> out.append('\ufffd');
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    private static String js(Run run, String text) {
        BoundedText out = run.text();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\\', '\'', '"' -> out.append('\\').appendCodePoint(c);
                case '<', '>', '&', '=' -> out.append(String.format("\\u%04X", c));
                default -> {
                    if (c < ' ' || (c >= 0x80 && !GoQuote.isPrintable(c))) {
                        out.append(String.format("\\u%04X", c));
                    } else {
                        out.appendCodePoint(c);
                    }
                }
            }
        });
        return out.toString();
    }

    /** As Go's QueryEscape: a space is a plus, the tilde stays. */
    static String urlQuery(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
