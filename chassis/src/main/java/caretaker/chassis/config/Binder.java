package caretaker.chassis.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Walks the YAML tree and a record type together. A null result means that a problem was noted. */
final class Binder {
    private static final int MAX_DEPTH = 16;
    private static final int MAX_ENTRIES = 10_000;

    private final String file;
    private final Substitution substitution;
    private final Map<String, String> overrides;
    private final List<String> problems;

    Binder(String file, Substitution substitution, Map<String, String> overrides, List<String> problems) {
        this.file = file;
        this.overrides = new LinkedHashMap<>(overrides);
        this.substitution = substitution;
        this.problems = problems;
    }

    <R extends Record> @Nullable R bind(Class<R> type, Optional<Node> root) {
        boolean empty = root.isEmpty() || isNull(root.get());
        Object bound = record(type, empty ? null : root.get(), "", 0);
        for (String unused : overrides.keySet()) {
            problems.add(unused + ": unknown setting");
            bound = null;
        }
        return type.cast(bound);
    }

    private @Nullable Object record(Class<?> type, @Nullable Node node, String path, int depth) {
        if (node != null && !(node instanceof MappingNode)) {
            return problem(node, path, "should be a mapping of keys to values");
        }
        if (depth > MAX_DEPTH) {
            return problem(node, path, "nested too deeply");
        }
        RecordComponent[] components = type.getRecordComponents();
        Map<String, Node> values = values(node, path, components);
        @Nullable Object[] arguments = new @Nullable Object[components.length];
        int before = problems.size();
        for (int i = 0; i < components.length; i++) {
            String key = Names.key(components[i]);
            arguments[i] = component(components[i], values.get(key), node, join(path, key), depth);
        }
        return problems.size() > before ? null : construct(type, components, arguments, node, path);
    }

    private Map<String, Node> values(@Nullable Node node, String path, RecordComponent[] components) {
        List<String> known = Arrays.stream(components).map(Names::key).toList();
        Map<String, Node> values = new LinkedHashMap<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple entry : mapping.getValue()) {
                String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
                if (!known.contains(key)) {
                    String near = Names.nearest(key, known);
                    String hint = near != null ? "did you mean '" + near + "'?" : "known: " + String.join(", ", known);
                    problem(entry.getKeyNode(), join(path, key), "unknown key; " + hint);
                } else if (values.put(key, entry.getValueNode()) != null) {
                    problem(entry.getKeyNode(), join(path, key), "is there twice");
                }
            }
        }
        return values;
    }

    private @Nullable Object component(
            RecordComponent component, @Nullable Node node, @Nullable Node parent, String path, int depth) {
        String override = overrides.remove(path);
        if (override != null) {
            return override(component, override, path);
        }
        if (node != null && !isNull(node)) {
            return value(component.getGenericType(), node, path, depth, component.getAnnotation(Range.class));
        }
        Default fallback = component.getAnnotation(Default.class);
        if (fallback != null) {
            return fallback(component, fallback.value(), path);
        }
        if (component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
            return null;
        }
        Class<?> type = component.getType();
        if (type == List.class) {
            return List.of();
        }
        if (type == Map.class) {
            return Map.of();
        }
        return type.isRecord() && type != Bytes.class
                ? record(type, null, path, depth + 1)
                : problem(node != null ? node : parent, path, "is required");
    }

    /** A default, which a test of defaults has read once: if it is bad, that is a bug. */
    private static Object fallback(RecordComponent component, String text, String path) {
        try {
            return read(component, text);
        } catch (Scalars.BadValue e) {
            throw new IllegalStateException("default of " + path + ": " + e.getMessage(), e);
        }
    }

    private @Nullable Object override(RecordComponent component, String text, String path) {
        try {
            Object value = read(component, text);
            Range range = component.getAnnotation(Range.class);
            String outside = range == null ? null : outside(component.getType(), value, range);
            if (outside == null) {
                return value;
            }
            problems.add(path + ": '" + text + "' is " + outside);
        } catch (Scalars.BadValue e) {
            problems.add(path + ": " + e.getMessage());
        }
        return null;
    }

    private static Object read(RecordComponent component, String text) throws Scalars.BadValue {
        if (component.getGenericType() instanceof ParameterizedType generic && generic.getRawType() == List.class) {
            List<Object> values = new ArrayList<>();
            for (String part : text.split(",", -1)) {
                values.add(Scalars.read((Class<?>) generic.getActualTypeArguments()[0], part.strip()));
            }
            return List.copyOf(values);
        }
        return Scalars.read(component.getType(), text);
    }

    private @Nullable Object value(Type type, Node node, String path, int depth, @Nullable Range range) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            return generic.getRawType() == List.class
                    ? list(arguments[0], node, path, depth)
                    : map(arguments[1], node, path, depth);
        }
        Class<?> raw = (Class<?>) type;
        if (Scalars.reads(raw)) {
            return scalar(raw, node, path, range);
        }
        return record(raw, node, path, depth + 1);
    }

    private @Nullable Object scalar(Class<?> type, Node node, String path, @Nullable Range range) {
        if (!(node instanceof ScalarNode scalar)) {
            return problem(
                    node, path, "should be one value, not a " + (node instanceof SequenceNode ? "list" : "mapping"));
        }
        String written = scalar.getValue();
        String text;
        try {
            text = substitution.apply(written);
        } catch (Substitution.Unresolved e) {
            return problem(node, path, String.valueOf(e.getMessage()));
        }
        try {
            Object value = Scalars.read(type, text);
            String outside = range == null ? null : outside(type, value, range);
            return outside == null ? value : problem(node, path, "'" + written + "' is " + outside);
        } catch (Scalars.BadValue e) {
            // What a variable or a file holds may be secret: the message shows what the config file says.
            String message = String.valueOf(e.getMessage()).replace("'" + text + "'", "'" + written + "'");
            return problem(node, path, type == Secret.class ? "is not readable" : message);
        }
    }

    private static @Nullable String outside(Class<?> type, Object value, Range range) throws Scalars.BadValue {
        if (!range.min().isEmpty() && compare(value, Scalars.read(type, range.min())) < 0) {
            return "too small; at least " + range.min();
        }
        if (!range.max().isEmpty() && compare(value, Scalars.read(type, range.max())) > 0) {
            return "too large; at most " + range.max();
        }
        return null;
    }

    private static int compare(Object value, Object bound) {
        return switch (value) {
            case Integer number -> number.compareTo((Integer) bound);
            case Long number -> number.compareTo((Long) bound);
            case Double number -> number.compareTo((Double) bound);
            case Duration duration -> duration.compareTo((Duration) bound);
            case Bytes size -> Long.compare(size.count(), ((Bytes) bound).count());
            default -> throw new IllegalStateException("a range on " + value.getClass());
        };
    }

    private @Nullable Object list(Type element, Node node, String path, int depth) {
        if (!(node instanceof SequenceNode sequence)) {
            return problem(node, path, "should be a list; write '- value' lines or [a, b]");
        }
        if (sequence.getValue().size() > MAX_ENTRIES) {
            return problem(node, path, "has more than " + MAX_ENTRIES + " entries");
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < sequence.getValue().size(); i++) {
            Object value = value(element, sequence.getValue().get(i), path + "[" + i + "]", depth, null);
            if (value != null) {
                values.add(value);
            }
        }
        return List.copyOf(values);
    }

    private @Nullable Object map(Type element, Node node, String path, int depth) {
        if (!(node instanceof MappingNode mapping)) {
            return problem(node, path, "should be a mapping of names to values");
        }
        if (mapping.getValue().size() > MAX_ENTRIES) {
            return problem(node, path, "has more than " + MAX_ENTRIES + " entries");
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
            Object value = value(element, entry.getValueNode(), join(path, key), depth, null);
            if (value != null && values.put(key, value) != null) {
                problem(entry.getKeyNode(), join(path, key), "is there twice");
            }
        }
        return Map.copyOf(values);
    }

    private @Nullable Object construct(
            Class<?> type,
            RecordComponent[] components,
            @Nullable Object[] arguments,
            @Nullable Node node,
            String path) {
        try {
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IllegalArgumentException) {
                return problem(node, path, String.valueOf(cause.getMessage()));
            }
            throw new IllegalStateException("constructor of " + type, cause);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("constructor of " + type, e);
        }
    }

    private static boolean isNull(Node node) {
        return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private @Nullable Object problem(@Nullable Node node, String path, String what) {
        String at = node == null
                ? ""
                : node.getStartMark()
                        .map(mark -> ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1))
                        .orElse("");
        String line = List.of(file + at, path, what).stream()
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(": "));
        problems.add(line);
        return null;
    }
}
