package caretaker.alerts.template;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A piece of a parsed template. {@code toString} is its source as Go prints it in errors. */
sealed interface Node {
    int position();

    record Sequence(int position, List<Node> nodes) implements Node {
        @Override
        public String toString() {
            return nodes.stream().map(Node::toString).collect(Collectors.joining());
        }
    }

    record Text(int position, String text) implements Node {
        @Override
        public String toString() {
            return text;
        }
    }

    /** A pipeline whose value is written, after {@code escapers} in their order; text templates have none. */
    record Action(int position, Pipe pipe, List<Escaper> escapers) implements Node {
        @Override
        public String toString() {
            return "{{" + pipe + "}}";
        }
    }

    /** if and with. */
    record Branch(
            int position,
            String keyword,
            Pipe pipe,
            Sequence body,
            @Nullable Sequence orElse) implements Node {
        @Override
        public String toString() {
            return branch(keyword, pipe, body, orElse);
        }
    }

    record Range(
            int position,
            Pipe pipe,
            Sequence body,
            @Nullable Sequence orElse) implements Node {
        @Override
        public String toString() {
            return branch("range", pipe, body, orElse);
        }
    }

    record Call(int position, String name, @Nullable Pipe pipe) implements Node {
        @Override
        public String toString() {
            return "{{template " + GoQuote.quote(name) + (pipe == null ? "" : " " + pipe) + "}}";
        }
    }

    record Break(int position) implements Node {
        @Override
        public String toString() {
            return "{{break}}";
        }
    }

    record Continue(int position) implements Node {
        @Override
        public String toString() {
            return "{{continue}}";
        }
    }

    /** {@code $a, $b := command | command}. */
    record Pipe(int position, List<String> variables, boolean assigns, List<Command> commands) implements Node {
        @Override
        public String toString() {
            String declared = variables.isEmpty() ? "" : String.join(", ", variables) + (assigns ? " = " : " := ");
            return declared + commands.stream().map(Command::toString).collect(Collectors.joining(" | "));
        }
    }

    record Command(int position, List<Node> words) implements Node {
        @Override
        public String toString() {
            return words.stream()
                    .map(word -> word instanceof Pipe ? "(" + word + ")" : word.toString())
                    .collect(Collectors.joining(" "));
        }
    }

    record Identifier(int position, GoFunction function) implements Node {
        @Override
        public String toString() {
            return function.name();
        }
    }

    record Field(int position, List<String> names) implements Node {
        @Override
        public String toString() {
            return "." + String.join(".", names);
        }
    }

    /** {@code $}, {@code $x} or {@code $x.Field}: the name with its dollar, then the fields. */
    record Variable(int position, List<String> names) implements Node {
        @Override
        public String toString() {
            return String.join(".", names);
        }
    }

    record Chain(int position, Node head, List<String> names) implements Node {
        @Override
        public String toString() {
            return (head instanceof Pipe ? "(" + head + ")" : head.toString()) + "." + String.join(".", names);
        }
    }

    record Dot(int position) implements Node {
        @Override
        public String toString() {
            return ".";
        }
    }

    record Nil(int position) implements Node {
        @Override
        public String toString() {
            return "nil";
        }
    }

    record Bool(int position, boolean value) implements Node {
        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    /** A constant without a type: {@code whole} says that it can be an integer. */
    record Numeral(int position, String text, boolean whole, long integer, double real) implements Node {
        /** The value where nothing asks for a type. */
        Object ideal() {
            boolean hex = text.matches("[+-]?0[xX].*");
            boolean looksReal = !hex && !text.startsWith("'") && text.matches(".*[.eEpP].*");
            return whole && !looksReal ? (Object) integer : (Object) real;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    record Str(int position, String quoted, String value) implements Node {
        @Override
        public String toString() {
            return quoted;
        }
    }

    private static String branch(String keyword, Pipe pipe, Sequence body, @Nullable Sequence orElse) {
        return "{{" + keyword + " " + pipe + "}}" + body + (orElse == null ? "" : "{{else}}" + orElse) + "{{end}}";
    }
}
