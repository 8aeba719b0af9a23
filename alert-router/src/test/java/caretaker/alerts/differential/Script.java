package caretaker.alerts.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A scenario as it is written down. Rounds are two seconds apart. */
final class Script {
    private final String name;
    private final String config;
    private String reloaded;
    private final List<Consumer<Stage>> rounds = new ArrayList<>();

    private Script(String name, String config) {
        this.name = name;
        this.config = config;
        this.reloaded = config;
    }

    static Script of(String name, String config) {
        return new Script(name, config);
    }

    /** The configuration after {@link Play#RELOAD}; without one it stays as it is. */
    Script reloaded(String other) {
        reloaded = other;
        return this;
    }

    /** What happens in the next round. */
    Script then(Consumer<Stage> round) {
        rounds.add(round);
        return this;
    }

    /** A round in which nothing happens. */
    Script rest() {
        return then(stage -> {});
    }

    Scenario made() {
        return new Scenario(name, config, reloaded, List.copyOf(rounds));
    }
}
