package caretaker.alerts.config;

import caretaker.alerts.config.Kind.Field;
import caretaker.alerts.config.Kind.Scalar;
import caretaker.alerts.config.Kind.Schema;
import caretaker.alerts.routing.LabelMatcher;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.alerts.routing.Matchers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Walks the YAML tree along a {@link Schema}. Everything that is wrong is noted, with its place; nothing is thrown. */
final class SectionReader {
    /** An alias repeats what it stands for, so a small file can hold a huge tree. */
    static final int MAX_NODES = 200_000;

    private static final int MAX_DEPTH = 100;

    private final Problems problems;
    private final MatcherSyntax syntax;
    private final List<String> warnings;
    private int nodes;

    SectionReader(Problems problems, MatcherSyntax syntax, List<String> warnings) {
        this.problems = problems;
        this.syntax = syntax;
        this.warnings = warnings;
    }

    /** Reads a section; absent ones give the defaults. */
    Values section(Schema schema, @Nullable Node node, String path) {
        return section(schema, node, path, 0);
    }

    private Values section(Schema schema, @Nullable Node node, String path, int depth) {
        var values = new Values(schema, path, problems.place(node));
        for (Field field : schema.fields()) {
            if (field.fallback() != null) {
                values.put(field.key(), field.fallback());
            }
        }
        if (node != null && !isNull(node) && !isTooMuch(node, path, depth)) {
            if (node instanceof MappingNode mapping) {
                keys(schema, mapping, path, values, depth);
            } else {
                problems.add(node, path, "should be a mapping of keys to values");
            }
        }
        return values;
    }

    private void keys(Schema schema, MappingNode mapping, String path, Values values, int depth) {
        Map<String, NodeTuple> entries = entries(mapping, path, depth);
        entries.forEach((key, entry) -> {
            String dotted = join(path, key);
            Field field = schema.field(key);
            if (field == null) {
                problems.add(entry.getKeyNode(), dotted, problems.unknown(key, schema));
            } else if (!isNull(entry.getValueNode())) {
                Object value = value(field.kind(), entry.getValueNode(), dotted, depth + 1);
                if (value != null) {
                    values.put(key, value, problems.place(entry.getKeyNode()));
                }
            }
        });
    }

    /** The entries by key, those of {@code <<} included. A key twice is a problem. */
    private Map<String, NodeTuple> entries(MappingNode mapping, String path, int depth) {
        Map<String, NodeTuple> entries = new LinkedHashMap<>();
        Map<String, NodeTuple> merged = new LinkedHashMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode scalar)) {
                problems.add(entry.getKeyNode(), path, "a key should be one word");
            } else if (scalar.getValue().equals("<<") && scalar.getScalarStyle() == ScalarStyle.PLAIN) {
                merge(entry.getValueNode(), path, depth + 1, merged);
            } else if (entries.put(scalar.getValue(), entry) != null) {
                problems.add(scalar, join(path, scalar.getValue()), "is there twice");
            }
        }
        merged.forEach(entries::putIfAbsent);
        return entries;
    }

    private void merge(Node node, String path, int depth, Map<String, NodeTuple> into) {
        if (isTooMuch(node, path, depth)) {
            return;
        }
        if (node instanceof MappingNode mapping) {
            entries(mapping, path, depth).forEach(into::putIfAbsent);
        } else if (node instanceof SequenceNode sequence) {
            sequence.getValue().forEach(element -> merge(element, path, depth + 1, into));
        } else {
            problems.add(node, path, "'<<' should take the keys of another mapping");
        }
    }

    private @Nullable Object value(Kind kind, Node node, String path, int depth) {
        if (isTooMuch(node, path, depth)) {
            return null;
        }
        return switch (kind) {
            case Scalar scalar -> scalar(scalar, node, path);
            case Kind.Section section -> section(section.schema(), node, path, depth);
            case Kind.ListOf list -> list(list.element(), node, path, depth);
            case Kind.MapOf map -> map(map.value(), node, path, depth);
            case Kind.MatcherList matchers -> matchers(node, path);
            case Kind.Tree tree -> tree(node, path, depth);
        };
    }

    private @Nullable Object scalar(Scalar kind, Node node, String path) {
        if (!(node instanceof ScalarNode scalar)) {
            String what = node instanceof SequenceNode ? "list" : "mapping";
            return problems.add(node, path, "should be one value, not a " + what);
        }
        try {
            return Scalars.read(kind, scalar.getValue(), scalar.getScalarStyle() == ScalarStyle.PLAIN);
        } catch (IllegalArgumentException e) {
            return problems.add(node, path, String.valueOf(e.getMessage()));
        }
    }

    private @Nullable List<Object> list(Kind element, Node node, String path, int depth) {
        if (!(node instanceof SequenceNode sequence)) {
            problems.add(node, path, "should be a list; write '- value' lines or [a, b]");
            return null;
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < sequence.getValue().size(); i++) {
            Node child = sequence.getValue().get(i);
            String at = path + "[" + i + "]";
            Object value = isNull(child) ? problems.add(child, at, "is empty") : value(element, child, at, depth + 1);
            if (value != null) {
                values.add(value);
            }
        }
        return List.copyOf(values);
    }

    private @Nullable Map<String, Object> map(Kind kind, Node node, String path, int depth) {
        if (!(node instanceof MappingNode mapping)) {
            problems.add(node, path, "should be a mapping of names to values");
            return null;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        entries(mapping, path, depth).forEach((key, entry) -> {
            Node child = entry.getValueNode();
            String at = join(path, key);
            Object value;
            if (!isNull(child)) {
                value = value(kind, child, at, depth + 1);
            } else {
                value = kind == Scalar.TEXT ? "" : problems.add(child, at, "is empty");
            }
            if (value != null) {
                values.put(key, value);
            }
        });
        return values;
    }

    private @Nullable Matchers matchers(Node node, String path) {
        if (!(node instanceof SequenceNode sequence)) {
            problems.add(node, path, "should be a list of matchers such as ['severity=\"critical\"']");
            return null;
        }
        List<LabelMatcher> all = new ArrayList<>();
        for (Node child : sequence.getValue()) {
            if (child instanceof ScalarNode scalar) {
                String where = problems.place(child);
                try {
                    all.addAll(syntax.list(scalar.getValue(), text -> warnings.add(where + ": " + path + ": " + text)));
                } catch (IllegalArgumentException e) {
                    problems.add(child, path, String.valueOf(e.getMessage()));
                }
            } else {
                problems.add(child, path, "should be a list of texts such as severity=\"critical\"; quote them");
            }
        }
        return new Matchers(all);
    }

    private @Nullable Object tree(Node node, String path, int depth) {
        if (isTooMuch(node, path, depth)) {
            return null;
        }
        return switch (node) {
            case MappingNode mapping -> map(new Kind.Tree(), mapping, path, depth);
            case SequenceNode sequence -> list(new Kind.Tree(), sequence, path, depth);
            case ScalarNode scalar -> Scalars.tree(scalar.getValue(), scalar.getScalarStyle() == ScalarStyle.PLAIN);
            default -> null;
        };
    }

    private boolean isTooMuch(Node node, String path, int depth) {
        nodes++;
        if (nodes == MAX_NODES || depth == MAX_DEPTH) {
            problems.add(node, path, depth == MAX_DEPTH ? "nested too deeply" : "aliases make this file too large");
        }
        return nodes >= MAX_NODES || depth >= MAX_DEPTH;
    }

    static boolean isNull(Node node) {
        return node instanceof ScalarNode scalar
                && scalar.getScalarStyle() == ScalarStyle.PLAIN
                && switch (scalar.getValue()) {
                    case "", "~", "null", "Null", "NULL" -> true;
                    default -> false;
                };
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
