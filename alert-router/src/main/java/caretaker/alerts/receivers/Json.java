package caretaker.alerts.receivers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** JSON as receivers get it. */
final class Json {
    private static final JsonMapper MAPPER = new JsonMapper();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node).getBytes(UTF_8);
        } catch (JacksonException e) {
            throw new IllegalStateException("a tree of texts and numbers can be written", e);
        }
    }

    /** What a text holds, null if it isn't JSON. */
    static @Nullable JsonNode parse(String text) {
        try {
            JsonNode node = MAPPER.readTree(text);
            return node == null || node.isMissingNode() ? null : node;
        } catch (JacksonException e) {
            return null;
        }
    }

    /** Sorted by name, as Go writes maps. */
    static ObjectNode map(Map<String, String> map) {
        ObjectNode node = object();
        new TreeMap<>(map).forEach(node::put);
        return node;
    }

    /**
     * Free YAML with its texts rendered. A rendered text that is a JSON object or array becomes one.
     *
     * @param tree maps, lists, texts, numbers and flags
     */
    static JsonNode tree(@Nullable Object tree, UnaryOperator<String> render) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (tree) {
            case null -> nodes.nullNode();
            case String text -> leaf(render.apply(text));
            case Boolean flag -> nodes.booleanNode(flag);
            case Integer number -> nodes.numberNode(number);
            case Long number -> nodes.numberNode(number);
            case Double number -> nodes.numberNode(number);
            case Map<?, ?> map -> {
                ObjectNode object = nodes.objectNode();
                map.forEach((name, value) -> object.set(String.valueOf(name), tree(value, render)));
                yield object;
            }
            case List<?> list -> {
                ArrayNode array = nodes.arrayNode();
                list.forEach(value -> array.add(tree(value, render)));
                yield array;
            }
            default -> nodes.textNode(String.valueOf(tree));
        };
    }

    private static JsonNode leaf(String text) {
        String stripped = text.strip();
        boolean structure = (stripped.startsWith("{") && stripped.endsWith("}"))
                || (stripped.startsWith("[") && stripped.endsWith("]"));
        JsonNode parsed = structure ? parse(stripped) : null;
        return parsed == null ? JsonNodeFactory.instance.textNode(text) : parsed;
    }
}
