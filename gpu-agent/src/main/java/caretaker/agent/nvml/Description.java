package caretaker.agent.nvml;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is written in {@code nvml.functions} and {@code nvml.structs}. */
record Description(Map<String, Function> functions, Map<String, Struct> structs) {
    /** One function: its name, its parameters as written, its shape, the driver that brought it, and its older name. */
    record Function(
            String name,
            List<String> parameters,
            Shape shape,
            int since,
            @Nullable String older) {}

    private static final Pattern FUNCTION = Pattern.compile("(\\w+) \\(([^)]*)\\)( -> text)? (\\d+)(?: else (\\w+))?");
    private static final Pattern FIELD = Pattern.compile("(\\w+)@(\\d+):(\\d+)");

    static Description read() {
        Map<String, Function> functions = new LinkedHashMap<>();
        for (String line : lines("nvml.functions")) {
            Function function = function(line);
            functions.put(function.name, function);
        }
        Map<String, Struct> structs = new LinkedHashMap<>();
        for (String line : lines("nvml.structs")) {
            Struct struct = struct(line);
            structs.put(struct.name(), struct);
        }
        return new Description(functions, structs);
    }

    private static Function function(String line) {
        Matcher parts = FUNCTION.matcher(line);
        if (!parts.matches()) {
            throw new IllegalStateException("nvml.functions: " + line);
        }
        List<String> parameters =
                parts.group(2).isEmpty() ? List.of() : List.of(parts.group(2).split(", "));
        StringBuilder shape = new StringBuilder();
        for (String parameter : parameters) {
            shape.append(parameter.startsWith("int ") ? 'I' : 'L');
        }
        if (parts.group(3) != null) {
            shape.append('>');
        }
        return new Function(
                parts.group(1),
                parameters,
                Shape.of(shape.toString()),
                Integer.parseInt(parts.group(4)),
                parts.group(5));
    }

    private static Struct struct(String line) {
        List<String> words = List.of(line.split("\\s+"));
        int word = 0;
        Map<String, Struct.Field> fields = new LinkedHashMap<>();
        for (String text : words.subList(2, words.size())) {
            Matcher field = FIELD.matcher(text);
            if (field.matches()) {
                fields.put(
                        field.group(1),
                        new Struct.Field(Integer.parseInt(field.group(2)), Integer.parseInt(field.group(3))));
            } else {
                word = Integer.decode(text);
            }
        }
        return new Struct(words.get(0), Integer.parseInt(words.get(1)), word, fields);
    }

    /** The lines that say something; one that begins with a space is joined to the one before. */
    private static List<String> lines(String resource) {
        List<String> lines = new ArrayList<>();
        for (String line : text(resource).lines().toList()) {
            if (line.startsWith(" ")) {
                lines.set(lines.size() - 1, lines.getLast() + " " + line.strip());
            } else if (!line.isBlank() && !line.startsWith("#")) {
                lines.add(line.strip());
            }
        }
        return lines;
    }

    private static String text(String resource) {
        try (InputStream in = Description.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("resource " + resource + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("reading resource " + resource, e);
        }
    }
}
