package caretaker.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import caretaker.agent.containers.ContainerEvent;
import caretaker.agent.containers.ContainerState;
import caretaker.agent.containers.ContainerState.Health;
import caretaker.agent.containers.ContainerState.Phase;
import caretaker.agent.containers.ContainerState.Port;
import caretaker.agent.containers.Inspection;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The engine's words as they are, and as a proxy, another engine or a bad day might send them. */
class TranslationTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ID = "ab".repeat(32);
    private static final String INSPECTED = """
            {"Id": "%s", "Name": "/train", "RestartCount": 2,
             "State": {"Status": "exited", "ExitCode": 137, "OOMKilled": true, "Pid": 0, "Error": "",
               "StartedAt": "2026-10-01T12:00:00.5Z", "FinishedAt": "2026-10-01T12:01:00Z",
               "Health": {"Status": "unhealthy", "FailingStreak": 3,
                 "Log": [{"ExitCode": 0, "Output": "first"}, {"ExitCode": 1, "Output": "no \\"NVML\\" 💥"}]}},
             "Config": {"Image": "lab/train:7", "StopSignal": "SIGQUIT", "Env": ["A=b", "NVIDIA_VISIBLE_DEVICES=2,GPU-9"],
               "Labels": {"caretaker.probe": "off", "other": "x", "com.docker.compose.project": "research",
                 "com.docker.compose.service": "train", "com.docker.compose.container-number": "1"}},
             "HostConfig": {"RestartPolicy": {"Name": "on-failure"}, "AutoRemove": true, "Memory": 1048576,
               "Runtime": "nvidia", "Devices": [{"PathInContainer": "/dev/nvidia3"}, {"PathInContainer": "/dev/fuse"}],
               "DeviceRequests": [{"Driver": "", "Count": -1, "DeviceIDs": null, "Capabilities": [["gpu"]]},
                 {"Driver": "cdi", "DeviceIDs": ["nvidia.com/gpu=0"]}, {"Count": 2, "Capabilities": [["gpu", "utility"]]},
                 {"Driver": "other", "Count": 1}]},
             "NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}], "53/udp": null},
               "Networks": {"bridge": {"IPAddress": "172.17.0.5"}, "host": {"IPAddress": ""}, "none": {"IPAddress": ""}}}}
            """.formatted(ID);
    private static final String LISTED = """
            {"Id": "%s", "Names": ["/other/alias", "/train"], "Image": "lab/train:7", "State": "running",
             "Status": "Up 2 minutes (healthy)", "Labels": {"caretaker.watch": "false"},
             "Ports": [{"IP": "127.0.0.1", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"}, {"PrivatePort": 81}],
             "NetworkSettings": {"Networks": {"bridge": {"IPAddress": "172.17.0.5"}}}}
            """.formatted(ID);
    private static final String EVENT = """
            {"Type": "container", "Action": "die", "time": 1790000000, "timeNano": 1790000000123456789,
             "Actor": {"ID": "%s", "Attributes": {"name": "train", "image": "lab/train:7", "exitCode": "137"}}}
            """.formatted(ID);

    @Test
    void anInspectionTellsEverything() throws Exception {
        Inspection inspected = Translation.inspected(JSON.readTree(INSPECTED));
        ContainerState state = inspected.state();
        assertThat(state.info().name()).isEqualTo("train");
        assertThat(state.info().composeProject()).isEqualTo("research");
        assertThat(state.composeNumber()).isEqualTo(1);
        assertThat(state.phase()).isEqualTo(Phase.EXITED);
        assertThat(state.health()).isEqualTo(Health.UNHEALTHY);
        assertThat(state.exitCode()).isEqualTo(137);
        assertThat(state.startedAt()).isEqualTo(Instant.parse("2026-10-01T12:00:00.5Z"));
        assertThat(state.restartCount()).isEqualTo(2);
        assertThat(state.labels()).isEqualTo(Map.of("caretaker.probe", "off"));
        assertThat(state.ports())
                .containsExactlyInAnyOrder(new Port(80, 8080, "0.0.0.0", "tcp"), new Port(53, 0, "", "udp"));
        assertThat(state.addresses()).isEqualTo(Map.of("bridge", "172.17.0.5", "host", ""));
        assertThat(state.gpus()).containsExactly("all", "nvidia.com/gpu=0", "count=2", "2", "GPU-9", "3");
        assertThat(inspected.oomKilled()).isTrue();
        assertThat(inspected.lastCheck()).isEqualTo(new Inspection.Check(3, 1, "no \"NVML\" 💥"));
        assertThat(inspected.policy()).isEqualTo("on-failure");
        assertThat(inspected.removedAtExit()).isTrue();
        assertThat(inspected.stopSignal()).isEqualTo("SIGQUIT");
        assertThat(inspected.memoryLimit()).isEqualTo(1 << 20);
    }

    @Test
    void aRowOfTheListAndAnEventTellLess() throws Exception {
        ContainerState listed = Translation.listed(JSON.readTree(LISTED)).orElseThrow();
        assertThat(listed.info().name()).isEqualTo("train");
        assertThat(listed.health()).isEqualTo(Health.HEALTHY);
        assertThat(listed.ports()).containsExactly(new Port(80, 8080, "127.0.0.1", "tcp"), new Port(81, 0, "", ""));
        Translation.Heard heard = Translation.event(JSON.readTree(EVENT)).orElseThrow();
        assertThat(heard.event().kind()).isEqualTo(ContainerEvent.Kind.DIE);
        assertThat(heard.event().nanos()).isEqualTo(1_790_000_000_123_456_789L);
        assertThat(heard.event().attributes()).containsEntry("exitCode", "137");
        assertThat(heard.ifNew().info().name()).isEqualTo("train");
    }

    @Test
    void nothingInTheWrongPlaceMakesItThrow() throws Exception {
        for (String odd : List.of("null", "7", "-1e300", "true", "\"💥\\n\"", "[]", "{}", "[[{}]]", "{\"a\": [1]}")) {
            for (JsonNode broken : broken(INSPECTED, JSON.readTree(odd))) {
                assertThatCode(() -> Translation.inspected(broken))
                        .as("%s", broken)
                        .doesNotThrowAnyException();
            }
            for (JsonNode broken : broken(LISTED, JSON.readTree(odd))) {
                assertThatCode(() -> Translation.listed(broken))
                        .as("%s", broken)
                        .doesNotThrowAnyException();
            }
            for (JsonNode broken : broken(EVENT, JSON.readTree(odd))) {
                assertThatCode(() -> Translation.event(broken)).as("%s", broken).doesNotThrowAnyException();
            }
        }
    }

    /** A copy for each value in the tree, with another value in its place. */
    private static List<JsonNode> broken(String text, JsonNode odd) throws JsonProcessingException {
        List<JsonNode> copies = new ArrayList<>(List.of(odd));
        for (int place = 0; ; place++) {
            JsonNode copy = JSON.readTree(text);
            if (replace(copy, odd, new int[] {place})) {
                copies.add(copy);
            } else {
                return copies;
            }
        }
    }

    private static boolean replace(JsonNode in, JsonNode odd, int[] left) {
        if (in instanceof ObjectNode object) {
            for (String name : List.copyOf(
                    object.properties().stream().map(Map.Entry::getKey).toList())) {
                if (left[0]-- == 0) {
                    object.set(name, odd);
                    return true;
                }
                if (replace(object.path(name), odd, left)) {
                    return true;
                }
            }
        } else if (in instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                if (left[0]-- == 0) {
                    array.set(i, odd);
                    return true;
                }
                if (replace(array.get(i), odd, left)) {
                    return true;
                }
            }
        }
        return false;
    }
}
