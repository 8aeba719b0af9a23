package caretaker.agent.nvml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The description against the facts: sizes, offsets and signatures as the C compiler gave them for NVIDIA's own
 * headers ({@code layout-facts.csv}, {@code function-facts.txt}), and against the library that the other tests use.
 */
class DescriptionTest {
    private static final Description DESCRIPTION = Description.read();

    @Test
    void everyStructureLiesAsTheFactsSay() {
        // Given
        Map<String, Struct> facts = structFacts();
        // When
        Map<String, Struct> described = DESCRIPTION.structs();
        // Then
        assertThat(described).isEqualTo(facts);
    }

    @Test
    void everyVersionWordIsTheSizeAndTheVersionOfItsStructure() {
        for (Struct struct : DESCRIPTION.structs().values()) {
            if (struct.fields().containsKey("version") && !struct.name().startsWith("nvmlGpm")) {
                assertThat(struct.versionWord() & 0xFFFFFF).as(struct.name()).isEqualTo(struct.size());
                assertThat(struct.name()).contains("_v" + (struct.versionWord() >> 24));
            } else {
                assertThat(struct.versionWord()).as(struct.name()).isZero();
            }
        }
    }

    @Test
    void everyStructureLiesAsTheCCompilerPutsIt() {
        // Given
        TestNvml driver = TestNvml.load();
        // When
        List<String> laidOut = driver.layouts();
        // Then
        assertThat(laidOut)
                .containsExactlyInAnyOrderElementsOf(DESCRIPTION.structs().values().stream()
                        .map(struct -> struct.name() + " " + struct.size() + fieldsInOrder(struct))
                        .toList());
    }

    private static String fieldsInOrder(Struct struct) {
        return struct.fields().entrySet().stream()
                .sorted((a, b) -> a.getValue().offset() - b.getValue().offset())
                .map(field -> " " + field.getKey() + "@" + field.getValue().offset() + ":"
                        + field.getValue().size())
                .collect(Collectors.joining());
    }

    @Test
    void everyFunctionTakesWhatTheFactsSay() {
        // Given
        Map<String, Fact> facts = functionFacts();
        // Then
        for (Description.Function function : DESCRIPTION.functions().values()) {
            Fact fact = Objects.requireNonNull(facts.get(function.name()), function.name());
            assertThat(function.shape()).as(fact.signature).isEqualTo(fact.shape());
            assertThat(function.since()).as(function.name()).isEqualTo(fact.since);
            assertThat(structsNamedBy(function)).as(fact.signature).allMatch(fact::names);
            if (function.older() != null) {
                Fact older = Objects.requireNonNull(facts.get(function.older()), function.older());
                assertThat(older.shape()).isEqualTo(fact.shape());
            }
        }
    }

    private static List<String> structsNamedBy(Description.Function function) {
        return function.parameters().stream()
                .flatMap(parameter -> List.of(parameter.split(" ")).stream())
                .filter(word -> word.startsWith("nvml"))
                .toList();
    }

    @Test
    void theLibraryOfTheTestsHasTheSignaturesOfTheFacts(@TempDir Path folder) throws IOException {
        // Given a C file that declares every function again, in the words of the facts
        StringBuilder declarations = new StringBuilder("#include \"nvml.h\"\n");
        functionFacts()
                .values()
                .forEach(fact -> declarations.append(fact.signature).append(";\n"));
        Path source = Files.writeString(folder.resolve("facts.c"), declarations);
        // When it is compiled, then two declarations that differ are an error
        NativeLibrary.compile(
                folder.resolve("facts.o"),
                List.of("-std=c11", "-Wall", "-Werror", "-c", "-I" + NativeLibrary.SOURCES, source.toString()),
                List.of());
    }

    @Test
    void theLibraryOfTheTestsHasEveryFunctionAndAnOldOneLacksTheNewNames() {
        TestNvml newest = TestNvml.load();
        TestNvml old = TestNvml.load(NativeLibrary.OLD_DRIVER);
        for (Description.Function function : DESCRIPTION.functions().values()) {
            assertThat(newest.has(function.name())).as(function.name()).isTrue();
            assertThat(old.has(function.name()))
                    .as(function.name())
                    .isEqualTo(function.since() <= NativeLibrary.OLD_DRIVER);
        }
    }

    /** A C signature and the driver branch that brought it. */
    private record Fact(String signature, int since) {
        Shape shape() {
            String parameters = signature.substring(signature.indexOf('(') + 1, signature.indexOf(')'));
            StringBuilder shape = new StringBuilder();
            if (!parameters.equals("void")) {
                for (String parameter : List.of(parameters.split(","))) {
                    shape.append(isWide(parameter.strip()) ? 'L' : 'I');
                }
            }
            return Shape.of(shape + (signature.startsWith("const char*") ? ">" : ""));
        }

        private static boolean isWide(String parameter) {
            return parameter.contains("*")
                    || parameter.startsWith("unsigned long long")
                    || parameter.startsWith("nvmlDevice_t")
                    || parameter.startsWith("nvmlEventSet_t")
                    || parameter.startsWith("nvmlGpmSample_t");
        }

        /** Whether the signature takes a structure of this name, or its family's name that stands for the newest. */
        boolean names(String struct) {
            String family = struct.replaceFirst("_v\\d+_t$", "");
            return signature.contains(struct + " ")
                    || signature.contains(family + "_t ")
                    || signature.contains(family + "V_t ");
        }
    }

    private static Map<String, Fact> functionFacts() {
        Map<String, Fact> facts = new LinkedHashMap<>();
        for (String line : resource("function-facts.txt")) {
            if (!line.startsWith("#")) {
                String signature = line.substring(line.indexOf('|') + 1).strip();
                String name = signature.substring(0, signature.indexOf('('));
                facts.put(
                        name.substring(name.lastIndexOf(' ') + 1),
                        new Fact(
                                signature,
                                Integer.parseInt(
                                        line.substring(0, line.indexOf('|')).strip())));
            }
        }
        return facts;
    }

    private static Map<String, Struct> structFacts() {
        Map<String, Struct> facts = new LinkedHashMap<>();
        List<String> rows = resource("layout-facts.csv");
        for (String row : rows.subList(1, rows.size())) {
            List<String> cells = List.of(row.split(",", -1));
            String name = cells.get(0);
            Map<String, Struct.Field> fields = new LinkedHashMap<>();
            Struct before = facts.get(name);
            if (before != null) {
                fields.putAll(before.fields());
            }
            fields.put(cells.get(3), new Struct.Field(Integer.parseInt(cells.get(4)), Integer.parseInt(cells.get(5))));
            int word = cells.get(2).isEmpty() ? 0 : Integer.decode(cells.get(2));
            facts.put(name, new Struct(name, Integer.parseInt(cells.get(1)), word, fields));
        }
        return facts;
    }

    private static List<String> resource(String name) {
        try (InputStream in = Objects.requireNonNull(DescriptionTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
