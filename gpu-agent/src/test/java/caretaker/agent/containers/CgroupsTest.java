package caretaker.agent.containers;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.containers.ContainerLookup.Membership;
import caretaker.testkit.Cases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupsTest {
    private static final String A = "0123456789abcdef".repeat(4);
    private static final String B = "fedcba9876543210".repeat(4);

    @TempDir
    private Path proc;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "12:memory:/docker/%s",
                "3:cpu,cpuacct:/docker/%s\n2:name=systemd:/docker/%s\n0::/",
                "0::/system.slice/docker-%s.scope",
                "1:name=systemd:/system.slice/docker-%s.scope",
                "0::/docker/%s/init.scope",
                "0::/user.slice/user-1000.slice/user@1000.service/app.slice/docker-%s.scope",
                "0::/../../docker/%s",
                "0::/../%s",
                "0::/system.slice/docker-%s.scope (deleted)",
                "11:devices:/kubepods/burstable/pod1234-5678/%s",
                "0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-%s.scope",
                "0::/kubepods.slice/crio-%s.scope",
                "0::/machine.slice/libpod-%s.scope/container",
                "garbage\n\n::\n4:freezer:/docker/%s\nmore: garbage",
            })
    void oneContainerIsFoundInEveryForm(String file) {
        assertThat(Cgroups.parse(file.replace("%s", A)).containers()).containsExactly(A);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0::/",
                "0::/user.slice/user-0.slice/session-1.scope",
                "1:name=systemd:/system.slice/docker.service",
                "0::/system.slice/docker-0123456789ab.scope",
                "0::/docker/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
                "0::/docker/%sff",
                "0::/machine.slice/libpod-conmon-%s.scope",
                "0::/docker/x%s",
                "%s",
                "",
                "\0\0\0",
                ":::::",
                "0::"
            })
    void aProcessOfTheHostHasNone(String file) {
        assertThat(Cgroups.parse(file.replace("%s", A)).containers()).isEmpty();
    }

    @Test
    void anyTextIsTaken() {
        Cases.forEach(
                random -> {
                    var text = new StringBuilder();
                    String[] parts = {
                        "0::", "/", "docker", "-", A, B, ".scope", "\n", ":", "\u0000", "é", "a".repeat(9000)
                    };
                    for (int i = random.nextInt(30); i > 0; i--) {
                        text.append(parts[random.nextInt(parts.length)]);
                    }
                    return text.toString();
                },
                text -> assertThat(Cgroups.parse(text).containers())
                        .allSatisfy(id -> assertThat(id).matches("[0-9a-f]{64}")));
    }

    @Test
    void ofAContainerInAContainerItIsTheInnermostThatTheEngineKnows() throws IOException {
        cgroup(7, "0::/docker/" + A + "/docker/" + B);
        var outer = new ContainerInfo(A, "outer", "", "", "");
        var inner = new ContainerInfo(B, "inner", "", "", "");
        assertThat(of(7, Map.of(A, outer))).isEqualTo(new Membership.Inside(outer));
        assertThat(of(7, Map.of(A, outer, B, inner))).isEqualTo(new Membership.Inside(inner));
        assertThat(of(7, Map.of())).isEqualTo(new Membership.Inside(new ContainerInfo(B, "", "", "", "")));
    }

    @Test
    void whatCannotBeToldIsNotGuessed() throws IOException {
        cgroup(8, "\u0001 nothing of a cgroup");
        Files.createDirectories(proc.resolve("9/cgroup"));
        cgroup(10, "0::/");
        assertThat(of(8, Map.of())).isInstanceOf(Membership.Unknown.class);
        assertThat(of(9, Map.of())).isInstanceOf(Membership.Unknown.class);
        assertThat(of(10, Map.of())).isInstanceOf(Membership.OnHost.class);
        assertThat(of(11, Map.of())).isEqualTo(new Membership.Unknown("process 11 has ended"));
    }

    /** The kernel gives the number of a process that has ended to another one. */
    @Test
    void aNumberThatIsUsedAgainIsLookedAtAgain() throws IOException {
        cgroup(12, "0::/docker/" + A);
        var lookup = new CgroupLookup(proc, _ -> Optional.empty());
        assertThat(lookup.of(12)).isInstanceOf(Membership.Inside.class);
        cgroup(12, "0::/");
        assertThat(lookup.of(12)).isInstanceOf(Membership.OnHost.class);
    }

    private Membership of(int pid, Map<String, ContainerInfo> known) {
        return new CgroupLookup(proc, id -> Optional.ofNullable(known.get(id))).of(pid);
    }

    private void cgroup(int pid, String text) throws IOException {
        Files.createDirectories(proc.resolve(Integer.toString(pid)));
        Files.writeString(proc.resolve(Integer.toString(pid)).resolve("cgroup"), text);
    }
}
