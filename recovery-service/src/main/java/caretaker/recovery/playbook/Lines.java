package caretaker.recovery.playbook;

import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** In which lines of a YAML text the entries of a list at its top begin. The text was read once without a fault. */
final class Lines {
    private final List<Node> entries = new ArrayList<>();

    Lines(String yaml, String key) {
        var settings = LoadSettings.builder()
                .setUseMarks(true)
                .setAllowDuplicateKeys(true)
                .build();
        if (new Compose(settings).composeString(yaml).orElse(null) instanceof MappingNode top) {
            for (NodeTuple entry : top.getValue()) {
                if (entry.getKeyNode() instanceof ScalarNode name
                        && name.getValue().equals(key)
                        && entry.getValueNode() instanceof SequenceNode list) {
                    entries.addAll(list.getValue());
                }
            }
        }
    }

    /** As problems begin: {@code file:line:column: }. */
    String at(String file, int entry) {
        String mark = entries.get(entry)
                .getStartMark()
                .map(at -> ":" + (at.getLine() + 1) + ":" + (at.getColumn() + 1))
                .orElse("");
        return file + mark + ": playbooks[" + entry + "]: ";
    }
}
