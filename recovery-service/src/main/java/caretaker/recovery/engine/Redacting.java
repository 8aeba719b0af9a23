package caretaker.recovery.engine;

import caretaker.recovery.report.Redaction;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** What an engine says of a container, without what nobody but its owner may read. */
final class Redacting {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int DEEPEST = 64;

    private Redacting() {}

    /** Values of the environment all go; what looks like a secret goes everywhere else. */
    static JsonNode inspection(JsonNode raw) {
        return of(raw, "", 0);
    }

    private static JsonNode of(JsonNode node, String name, int depth) {
        if (depth > DEEPEST) {
            return JSON.textNode(Redaction.GONE);
        }
        if (node.isObject()) {
            ObjectNode object = JSON.objectNode();
            node.properties()
                    .forEach(field -> object.set(field.getKey(), of(field.getValue(), field.getKey(), depth + 1)));
            return object;
        }
        if (node.isArray()) {
            return name.equals("Env") ? environment(node) : array(node, depth);
        }
        return node.isTextual() ? JSON.textNode(value(name, node.asText())) : node;
    }

    private static JsonNode environment(JsonNode variables) {
        List<String> texts = new ArrayList<>();
        variables.forEach(variable -> texts.add(variable.asText("")));
        ObjectNode object = JSON.objectNode();
        Redaction.environment(texts).forEach(object::put);
        return object;
    }

    /** Arguments: what follows {@code --password} is one. */
    private static JsonNode array(JsonNode node, int depth) {
        ArrayNode array = JSON.arrayNode();
        String before = "";
        for (JsonNode element : node) {
            array.add(
                    element.isTextual()
                            ? JSON.textNode(value(before.startsWith("-") ? before : "", element.asText()))
                            : of(element, "", depth + 1));
            before = element.asText("");
        }
        return array;
    }

    private static String value(String name, String text) {
        boolean isSecret = !name.isEmpty()
                && !text.isEmpty()
                && !name.contains("=")
                && Redaction.text(name + "=x").endsWith("=" + Redaction.GONE);
        return isSecret ? Redaction.GONE : Redaction.text(text);
    }
}
