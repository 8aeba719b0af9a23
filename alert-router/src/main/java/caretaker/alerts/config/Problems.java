package caretaker.alerts.config;

import caretaker.alerts.config.Kind.Schema;
import caretaker.chassis.config.Names;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects what is wrong with a file, each with {@code file:line:column} and the key. */
final class Problems {
    /** More of them help nobody. */
    private static final int MAX = 100;

    private final String file;
    private final List<String> all = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    List<String> all() {
        return List.copyOf(all);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    String place(@Nullable Node node) {
        return node == null
                ? file
                : node.getStartMark()
                        .map(mark -> file + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1))
                        .orElse(file);
    }

    /** Notes a problem; always null, so that a reader can return it. */
    @Nullable Object add(@Nullable Node node, String path, String what) {
        return add(path.isEmpty() ? place(node) : place(node) + ": " + path, what);
    }

    /** @param where place and key as {@link Values#where} gives them */
    @Nullable Object add(String where, String what) {
        if (all.size() < MAX) {
            all.add(where + ": " + what);
        }
        return null;
    }

    /** What to say of a key that a section doesn't have. */
    String unknown(String key, Schema schema) {
        String unsupported = schema.unsupported().get(key);
        if (unsupported != null) {
            return unsupported;
        }
        String advice = schema.advice().get(key);
        if (advice != null) {
            return "unknown key; " + advice;
        }
        String near = Names.nearest(key, schema.keys());
        return "unknown key in " + schema.name() + "; "
                + (near != null ? "did you mean '" + near + "'?" : "known: " + String.join(", ", schema.keys()));
    }
}
