package caretaker.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The JSON that commands print: one document a line. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int SCHEMA_VERSION = 1;

    private Json() {}

    /** A document with the version of its fields: they are only ever added. */
    static ObjectNode document() {
        return MAPPER.createObjectNode().put("schemaVersion", SCHEMA_VERSION);
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** @throws IOException for what is no JSON */
    static JsonNode read(byte[] text) throws IOException {
        return MAPPER.readTree(text);
    }

    static String line(JsonNode document) {
        try {
            return MAPPER.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a tree of plain values always serialises", e);
        }
    }

    /** What is printed in place of a document when the command fails. */
    static String failure(CommandFailure failure) {
        ObjectNode document = document().put("status", "error");
        document.putArray("errors")
                .addObject()
                .put("code", failure.exitCode())
                .put("message", String.valueOf(failure.getMessage()));
        return line(document);
    }
}
