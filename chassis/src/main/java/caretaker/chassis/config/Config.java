package caretaker.chassis.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads a YAML file into a record, strictly.
 *
 * <p>Keys are the record's components in kebab case. Unknown and duplicate keys, wrong types, values out of range and
 * missing ones are problems, all reported at once in a {@link ConfigException}. In values, {@code ${NAME}},
 * {@code ${NAME:-default}} and {@code ${file:/path}} are replaced after parsing, so what they hold can't become YAML;
 * {@code $$} is a dollar sign. Durations and sizes carry units: {@code 500ms}, {@code 1h30m}, {@code 64MiB}.
 *
 * <p>Types: String, int, long, double, boolean, Duration, {@link Bytes}, Path, URI, {@link Secret}, enums, lists, maps
 * by string, and records of these.
 */
public final class Config {
    private static final int MAX_FILE = 1 << 20;

    private Config() {}

    /** Reads a file. An empty one gives all defaults. */
    public static <R extends Record> R load(Class<R> type, Path file, Map<String, String> environment) {
        return load(type, file, environment, Map.of());
    }

    /**
     * Reads a file, with some settings given elsewhere, such as on a command line.
     *
     * @param overrides values by path, {@code kafka.security}; a list's with commas. They win over the file
     */
    public static <R extends Record> R load(
            Class<R> type, Path file, Map<String, String> environment, Map<String, String> overrides) {
        String yaml;
        try {
            if (Files.size(file) > MAX_FILE) {
                throw problem(file + ": larger than 1 MiB; is it a config file?");
            }
            yaml = Files.readString(file, UTF_8);
        } catch (NoSuchFileException e) {
            throw problem(file + ": no such file");
        } catch (CharacterCodingException e) {
            throw problem(file + ": not UTF-8 text");
        } catch (IOException e) {
            throw problem(file + ": cannot be read: " + e.getMessage());
        }
        return parse(type, yaml, file.toString(), environment, overrides);
    }

    /** Reads text; {@code name} stands for the file in messages. */
    public static <R extends Record> R parse(Class<R> type, String yaml, String name, Map<String, String> environment) {
        return parse(type, yaml, name, environment, Map.of());
    }

    /** Reads text, with overrides as in {@link #load(Class, Path, Map, Map)}. */
    public static <R extends Record> R parse(
            Class<R> type, String yaml, String name, Map<String, String> environment, Map<String, String> overrides) {
        Optional<Node> root = compose(yaml, name);
        List<String> problems = new ArrayList<>();
        R config = new Binder(name, new Substitution(environment), overrides, problems).bind(type, root);
        if (!problems.isEmpty() || config == null) {
            throw new ConfigException(problems);
        }
        return config;
    }

    /** All defaults. */
    public static <R extends Record> R defaults(Class<R> type) {
        return parse(type, "", "defaults", Map.of());
    }

    /** The record as YAML, as a file could hold it, with secrets masked. */
    public static String render(Record config) {
        return Renderer.render(config);
    }

    /**
     * Reads a duration as it is written in a file: {@code 500ms}, {@code 1h30m}.
     *
     * @throws IllegalArgumentException with what is wrong and a hint
     */
    public static Duration duration(String text) {
        try {
            return Scalars.duration(text);
        } catch (Scalars.BadValue e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static Optional<Node> compose(String yaml, String name) {
        var settings = LoadSettings.builder()
                .setLabel(name)
                .setUseMarks(true)
                .setAllowDuplicateKeys(true) // the binder reports them with the rest
                .setCodePointLimit(MAX_FILE)
                .build();
        try {
            Iterator<Node> documents =
                    new Compose(settings).composeAllFromString(yaml).iterator();
            Optional<Node> first = documents.hasNext() ? Optional.of(documents.next()) : Optional.empty();
            if (documents.hasNext()) {
                throw problem(name + ": more than one YAML document; remove the line with ---");
            }
            return first;
        } catch (MarkedYamlEngineException e) {
            String at = e.getProblemMark()
                    .map(mark -> ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1))
                    .orElse("");
            String hint = yaml.contains("\t") ? "; indent with spaces, not tabs" : "";
            throw problem(name + at + ": not YAML: " + e.getProblem() + hint);
        } catch (YamlEngineException e) {
            throw problem(name + ": not YAML: " + e.getMessage());
        }
    }

    private static ConfigException problem(String text) {
        return new ConfigException(List.of(text));
    }
}
