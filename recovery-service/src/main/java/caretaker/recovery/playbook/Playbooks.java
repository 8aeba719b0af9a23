package caretaker.recovery.playbook;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.chassis.config.Config;
import caretaker.chassis.config.ConfigException;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.recovery.containers.Sighting;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The playbooks in their order: the first that fits is followed. An operator's come before the built-in ones. */
public final class Playbooks {
    /** What the file holds. */
    public record Content(List<Playbook> playbooks) {}

    private static final String BUILT_IN = "/caretaker/recovery/playbooks.yml";

    /** Where no other one fits: nobody knows what helps, so somebody is told. */
    private static final Playbook LAST = new Playbook(
            "report",
            "",
            new Match(List.of(), List.of(), null, Map.of(), List.of(), null, null, null),
            List.of(Rung.of(Action.NONE)),
            Duration.ZERO,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Playbook.Probe.NONE,
            List.of(),
            List.of());

    private final Map<String, Playbook> byName = new LinkedHashMap<>();

    private Playbooks(List<Playbook> own, List<Playbook> builtIn) {
        own.forEach(playbook -> byName.put(playbook.name(), playbook));
        builtIn.forEach(playbook -> byName.putIfAbsent(playbook.name(), playbook));
    }

    /** Those that are always there. */
    public static Playbooks builtIn() {
        return new Playbooks(List.of(), parsed());
    }

    private static List<Playbook> parsed() {
        try (InputStream in = Objects.requireNonNull(Playbooks.class.getResourceAsStream(BUILT_IN), BUILT_IN)) {
            return resolved(new String(in.readAllBytes(), UTF_8), "built-in playbooks", List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * An operator's and the built-in ones. One that has the name of a built-in one replaces it.
     *
     * @param name stands for the file in messages
     * @throws ConfigException with all problems, each with its line
     */
    public static Playbooks parse(String yaml, String name) {
        List<Playbook> builtIn = parsed();
        return new Playbooks(resolved(yaml, name, builtIn), builtIn);
    }

    /** Each with the ladder that it takes over. */
    private static List<Playbook> resolved(String yaml, String file, List<Playbook> others) {
        List<Playbook> read = Config.parse(Content.class, yaml, file, Map.of()).playbooks();
        Map<String, Playbook> known = new LinkedHashMap<>();
        others.forEach(playbook -> known.put(playbook.name(), playbook));
        var lines = new Lines(yaml, "playbooks");
        List<String> problems = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < read.size(); i++) {
            if (!names.add(read.get(i).name())) {
                problems.add(lines.at(file, i) + read.get(i).name() + ": is there twice");
            }
            known.put(read.get(i).name(), read.get(i));
        }
        List<Playbook> resolved = new ArrayList<>();
        for (int i = 0; i < read.size(); i++) {
            Playbook of = ladder(read.get(i), known, lines.at(file, i), problems);
            resolved.add(of);
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return resolved;
    }

    private static Playbook ladder(Playbook of, Map<String, Playbook> known, String at, List<String> problems) {
        List<String> path = new ArrayList<>(List.of(of.name()));
        Playbook end = of;
        while (!end.like().isEmpty()) {
            Playbook next = known.get(end.like());
            if (next == null) {
                problems.add(at + end.name() + ": is like '" + end.like() + "', which is not there");
                return of;
            }
            path.add(next.name());
            if (path.indexOf(next.name()) < path.size() - 1) {
                problems.add(at + of.name() + ": goes in a circle: " + String.join(" -> ", path));
                return of;
            }
            end = next;
        }
        return of.like().isEmpty() ? of : of.with(end.ladder());
    }

    /** The one to follow where its service has not answered anything. */
    public Playbook find(String condition, Sighting container, List<String> log) {
        return find(condition, container, log, "");
    }

    /** The one to follow. */
    public Playbook find(String condition, Sighting container, List<String> log, String answer) {
        for (Playbook playbook : byName.values()) {
            if (playbook.match().fits(condition, container, log, answer)) {
                return playbook;
            }
        }
        return LAST;
    }

    /** One that is remembered by its name, or null if there is none of that name any more. */
    public @Nullable Playbook named(String name) {
        return name.equals(LAST.name()) ? LAST : byName.get(name);
    }

    /** All of them in their order. */
    public List<Playbook> all() {
        return List.copyOf(byName.values());
    }
}
