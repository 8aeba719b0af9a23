package caretaker.alerts.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.alerts.routing.InhibitRule;
import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.alerts.routing.Notified;
import caretaker.alerts.routing.Route;
import caretaker.alerts.routing.RouteRules;
import caretaker.alerts.routing.TimeMutes;
import caretaker.chassis.config.ConfigException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Alertmanager's configuration file, with defaults filled in. Immutable.
 *
 * <p>It is read strictly: unknown and duplicate keys, wrong values and what contradicts itself are all reported at
 * once, each with file, line, key and a hint. What Alertmanager accepts and what probably is a mistake is a warning.
 *
 * @param resolveTimeout how long an alert fires if its sender doesn't say
 * @param templates paths and globs, relative ones from the file's directory
 * @param original the file as {@code /api/v2/status} shows it: complete, without secrets
 */
public record AlertmanagerConfig(
        Duration resolveTimeout,
        Route route,
        List<InhibitRule> inhibitRules,
        TimeMutes times,
        List<Receiver> receivers,
        List<String> templates,
        List<String> warnings,
        String original) {
    static final int MAX_FILE = 8 << 20;

    public AlertmanagerConfig {
        inhibitRules = List.copyOf(inhibitRules);
        receivers = List.copyOf(receivers);
        templates = List.copyOf(templates);
        warnings = List.copyOf(warnings);
    }

    /** As {@link #load(Path, MatcherSyntax, Duration)}, for the retention that there is if nobody says. */
    public static AlertmanagerConfig load(Path file, MatcherSyntax syntax) {
        return load(file, syntax, Notified.RETENTION);
    }

    /**
     * Reads a file.
     *
     * @param retention how long is remembered what was told; what does not go with it is a warning
     * @throws ConfigException with everything that is wrong
     */
    public static AlertmanagerConfig load(Path file, MatcherSyntax syntax, Duration retention) {
        try {
            if (Files.size(file) > MAX_FILE) {
                throw problem(file + ": larger than 8 MiB; is it a config file?");
            }
            Path directory = file.getParent();
            return parse(
                    Files.readString(file, UTF_8),
                    file.toString(),
                    directory == null ? Path.of("") : directory,
                    syntax,
                    retention);
        } catch (NoSuchFileException e) {
            throw problem(file + ": no such file");
        } catch (CharacterCodingException e) {
            throw problem(file + ": not UTF-8 text");
        } catch (IOException e) {
            throw problem(file + ": cannot be read: " + e.getMessage());
        }
    }

    /**
     * Reads text.
     *
     * @param name stands for the file in messages
     * @param directory where relative paths start
     */
    public static AlertmanagerConfig parse(String yaml, String name, Path directory, MatcherSyntax syntax) {
        return parse(yaml, name, directory, syntax, Notified.RETENTION);
    }

    private static AlertmanagerConfig parse(
            String yaml, String name, Path directory, MatcherSyntax syntax, Duration retention) {
        var problems = new Problems(name);
        List<String> warnings = new ArrayList<>();
        Optional<Node> root = YamlFile.compose(yaml, name, warnings);
        Values file = new SectionReader(problems, syntax, warnings).section(Schemas.FILE, root.orElse(null), "");
        if (!file.has("global")) {
            file.put("global", new SectionReader(problems, syntax, warnings).section(Schemas.GLOBAL, null, "global"));
        }
        var rules = new ConfigRules(problems, warnings);
        rules.check(file);
        Completion.complete(file, directory);
        rules.checkComplete(file);
        var specs = new Specs(problems, warnings, syntax.names());
        var tree = specs.tree(file);
        List<InhibitRule> inhibitRules = specs.inhibitRules(file);
        TimeMutes times = specs.times(file);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems.all());
        }
        Route route = Route.tree(tree);
        warnings.addAll(RouteRules.warnings(route, retention));
        if (file.has("tracing")) {
            warnings.add(file.where("tracing") + ": is read and not used");
        }
        Values global = Objects.requireNonNull(file.section("global"));
        return new AlertmanagerConfig(
                global.duration("resolve_timeout", Duration.ofMinutes(5)),
                route,
                inhibitRules,
                times,
                file.sections("receivers").stream().map(Receiver::of).toList(),
                file.texts("templates"),
                warnings,
                SectionWriter.write(file));
    }

    public Optional<Receiver> receiver(String name) {
        return receivers.stream()
                .filter(receiver -> receiver.name().equals(name))
                .findFirst();
    }

    /** The ways of a receiver; none if there is no such receiver. */
    public List<Integration> integrations(String receiver) {
        return receiver(receiver).map(Receiver::integrations).orElse(List.of());
    }

    private static ConfigException problem(String text) {
        return new ConfigException(List.of(text));
    }
}
