package caretaker.chassis.config;

import java.util.List;

/** Everything that is wrong with a config file, a line for each problem: {@code file:line:column: key: what; hint}. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    public ConfigException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
