package caretaker.chassis.config;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes a config record as YAML. Secrets are masked; what is absent is left out. */
final class Renderer {
    private Renderer() {}

    static String render(Record config) {
        var out = new StringBuilder();
        record(config, "", out);
        return out.toString();
    }

    private static void record(Record config, String indent, StringBuilder out) {
        for (RecordComponent component : config.getClass().getRecordComponents()) {
            entry(Names.key(component), read(component, config), indent, out);
        }
    }

    private static @Nullable Object read(RecordComponent component, Record config) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(config);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("accessor of " + component, e);
        }
    }

    private static void entry(String key, @Nullable Object value, String indent, StringBuilder out) {
        switch (value) {
            case null -> {}
            case Bytes size ->
                out.append(indent).append(key).append(": ").append(size).append('\n');
            case Record nested -> {
                out.append(indent).append(key).append(":\n");
                record(nested, indent + "  ", out);
            }
            case List<?> list -> {
                out.append(indent).append(key).append(list.isEmpty() ? ": []\n" : ":\n");
                list.forEach(element -> element(element, indent, out));
            }
            case Map<?, ?> map -> {
                out.append(indent).append(key).append(map.isEmpty() ? ": {}\n" : ":\n");
                Map<String, Object> sorted = new TreeMap<>();
                map.forEach((name, element) -> sorted.put(String.valueOf(name), element));
                sorted.forEach((name, element) -> entry(quoted(name), element, indent + "  ", out));
            }
            default ->
                out.append(indent).append(key).append(": ").append(text(value)).append('\n');
        }
    }

    private static void element(Object element, String indent, StringBuilder out) {
        if (element instanceof Record nested && !(element instanceof Bytes)) {
            var body = new StringBuilder();
            record(nested, indent + "    ", body);
            String marked = body.toString().replaceFirst("^" + indent + "    ", indent + "  - ");
            out.append(marked);
        } else {
            out.append(indent).append("  - ").append(text(element)).append('\n');
        }
    }

    private static String text(Object value) {
        return switch (value) {
            case Duration duration -> Scalars.text(duration);
            case Enum<?> constant -> Scalars.word(constant);
            case Number number -> number.toString();
            case Boolean flag -> flag.toString();
            default -> quoted(value.toString());
        };
    }

    private static String quoted(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t")
                + '"';
    }
}
