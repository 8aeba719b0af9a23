package caretaker.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

/** A published JSON Schema, with formats asserted, as a strict reader would use it. */
final class PublishedSchema {
    private final Schema schema;

    private PublishedSchema(Schema schema) {
        this.schema = schema;
    }

    /** @param file in the published folder: {@code health-event.schema.json} */
    static PublishedSchema of(String file) {
        try {
            String text = Files.readString(PublishedTables.FOLDER.resolve(file));
            return new PublishedSchema(SchemaRegistry.withDefaultDialect(
                            SpecificationVersion.DRAFT_2020_12,
                            registry -> registry.schemaRegistryConfig(SchemaRegistryConfig.builder()
                                    .formatAssertionsEnabled(true)
                                    .build()))
                    .getSchema(text, InputFormat.JSON));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its {@code $id}. */
    String id() {
        return schema.getId();
    }

    /** What is wrong with an event, each with its place. */
    List<String> problems(byte[] event) {
        return schema.validate(new String(event, UTF_8), InputFormat.JSON).stream()
                .map(error -> error.getInstanceLocation() + " " + error.getMessage())
                .toList();
    }

    /** Adds the fields of an object that the schema has no name for. */
    static void unnamed(JsonNode object, JsonNode properties, List<String> found) {
        object.fieldNames().forEachRemaining(name -> {
            if (!properties.has(name)) {
                found.add(name);
            }
        });
    }
}
