package caretaker.alerts.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** C1: whichever key of a good file is misspelt, its line is said. */
class WrongKeysTest {
    private static final String WRONG = "wrong_key";

    /** Below these every key is right. */
    private static final Set<String> FREE = Set.of(
            "headers",
            "details",
            "match",
            "match_re",
            "endpoint_params",
            "labels",
            "http_headers",
            "payload",
            "proxy_connect_header",
            "annotations",
            "tracing",
            "source_match",
            "source_match_re",
            "target_match",
            "target_match_re");

    private record Key(String name, Mark mark) {}

    private static void collect(Node node, List<Key> keys) {
        switch (node) {
            case MappingNode mapping -> {
                for (NodeTuple pair : mapping.getValue()) {
                    if (pair.getKeyNode() instanceof ScalarNode key) {
                        if (!key.getValue().equals("<<")) {
                            keys.add(new Key(key.getValue(), key.getStartMark().orElseThrow()));
                        }
                        if (!FREE.contains(key.getValue())) {
                            collect(pair.getValueNode(), keys);
                        }
                    }
                }
            }
            case SequenceNode list -> list.getValue().forEach(one -> collect(one, keys));
            default -> {
                // a value
            }
        }
    }

    private static List<Key> keys(String yaml) {
        List<Key> keys = new ArrayList<>();
        var settings = LoadSettings.builder().setUseMarks(true).build();
        new Compose(settings).composeString(yaml).ifPresent(root -> collect(root, keys));
        return keys;
    }

    @Test
    void eachKeyThatIsWrongIsSaidWithItsLine() {
        int tried = 0;
        for (ConfigCase one : ConfigCase.all()) {
            if (!one.isReadByUs() || one.yaml().contains("&") || one.yaml().contains("\n---")) {
                continue; // an anchor's keys are read where it is used, a second document is not read
            }
            for (Key key : keys(one.yaml())) {
                int at = one.yaml()
                        .codePoints()
                        .limit(key.mark().getIndex())
                        .mapToObj(Character::toString)
                        .mapToInt(String::length)
                        .sum();
                boolean quoted = one.yaml().charAt(at) != key.name().charAt(0);
                String wrong = one.yaml().substring(0, at)
                        + WRONG
                        + one.yaml().substring(at + key.name().length() + (quoted ? 2 : 0));
                assertThat(ConfigCase.problems(wrong))
                        .as("%s, %s in line %d", one, key.name(), key.mark().getLine() + 1)
                        .anySatisfy(problem -> assertThat(problem)
                                .startsWith("am.yml:" + (key.mark().getLine() + 1) + ":")
                                .contains(WRONG));
                tried++;
            }
        }
        assertThat(tried).isGreaterThan(300);
    }
}
