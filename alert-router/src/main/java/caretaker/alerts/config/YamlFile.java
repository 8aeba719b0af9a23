package caretaker.alerts.config;

import caretaker.chassis.config.ConfigException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Text to YAML nodes that know their place. */
final class YamlFile {
    /** The composer calls itself for each level. */
    private static final int MAX_DEPTH = 500;

    private YamlFile() {}

    /**
     * The first document; empty if there is none.
     *
     * @throws ConfigException if it is not YAML
     */
    static Optional<Node> compose(String yaml, String name, List<String> warnings) {
        var settings = LoadSettings.builder()
                .setLabel(name)
                .setUseMarks(true)
                .setAllowDuplicateKeys(true) // the reader reports them with the rest
                .setCodePointLimit(AlertmanagerConfig.MAX_FILE)
                .build();
        try {
            if (isTooDeep(yaml, settings)) {
                throw new ConfigException(List.of(name + ": nested too deeply"));
            }
            Iterator<Node> documents =
                    new Compose(settings).composeAllFromString(yaml).iterator();
            Optional<Node> first = documents.hasNext() ? Optional.of(documents.next()) : Optional.empty();
            if (documents.hasNext()) {
                warnings.add(name + ": only the first YAML document counts");
            }
            return first;
        } catch (MarkedYamlEngineException e) {
            String at = e.getProblemMark()
                    .map(mark -> ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1))
                    .orElse("");
            String hint = yaml.contains("\t") ? "; indent with spaces, not tabs" : "";
            throw new ConfigException(List.of(name + at + ": not YAML: " + e.getProblem() + hint));
        } catch (YamlEngineException e) {
            throw new ConfigException(List.of(name + ": not YAML: " + e.getMessage()));
        }
    }

    /** Whether the composer could read it. The parser of events keeps its own stack and stops at the limit. */
    private static boolean isTooDeep(String yaml, LoadSettings settings) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(yaml)) {
            if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
                return true;
            }
            if (event instanceof CollectionEndEvent) {
                depth--;
            }
        }
        return false;
    }
}
