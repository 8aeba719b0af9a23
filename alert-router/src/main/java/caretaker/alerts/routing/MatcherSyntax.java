package caretaker.alerts.routing;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How text becomes matchers. Alertmanager has three ways; {@link #FALLBACK} is its default. */
public enum MatcherSyntax {
    CLASSIC,
    UTF8,
    /** UTF-8 where both agree, classic where it can't read it or differs; each such case is a warning. */
    FALLBACK;

    /** The label names that go with it. */
    public LabelNames names() {
        return this == CLASSIC ? LabelNames.CLASSIC : LabelNames.UTF8;
    }

    /**
     * Any number of matchers, in braces or not.
     *
     * @param warnings is told what only the classic syntax reads
     * @throws BadMatcher if it can't be read
     */
    public List<LabelMatcher> list(String text, Consumer<String> warnings) {
        return switch (this) {
            case CLASSIC -> ClassicSyntax.list(text);
            case UTF8 -> Utf8Syntax.list(text);
            case FALLBACK -> either(text, Utf8Syntax::list, ClassicSyntax::list, warnings);
        };
    }

    /** Exactly one matcher, without braces. */
    public LabelMatcher one(String text, Consumer<String> warnings) {
        if (this == CLASSIC) {
            return ClassicSyntax.one(text);
        }
        if (text.startsWith("{") || text.endsWith("}")) {
            throw new BadMatcher("'" + text + "' is in braces; one matcher has none");
        }
        return this == UTF8 ? Utf8Syntax.one(text) : either(text, Utf8Syntax::one, ClassicSyntax::one, warnings);
    }

    private static <T> T either(
            String text, Function<String, T> utf8, Function<String, T> classic, Consumer<String> warnings) {
        T modern;
        try {
            modern = utf8.apply(text);
        } catch (BadMatcher e) {
            T old = classic.apply(text);
            warnings.accept("'" + text + "' is read in the classic syntax only; write it as " + shown(old));
            return old;
        }
        T old;
        try {
            old = classic.apply(text);
        } catch (BadMatcher e) {
            return modern;
        }
        if (!modern.equals(old)) {
            warnings.accept("'" + text + "' means " + shown(old) + " in the classic syntax, which counts, and "
                    + shown(modern) + " in the UTF-8 one");
            return old;
        }
        return modern;
    }

    private static String shown(Object read) {
        return read instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                : String.valueOf(read);
    }
}
