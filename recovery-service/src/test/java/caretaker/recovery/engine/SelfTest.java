package caretaker.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** never itself. */
class SelfTest {
    private static final String A = "a1".repeat(32);
    private static final String B = "b2".repeat(32);

    @Test
    void theCgroupSaysInWhichContainerAProcessRunsTheInnermostOne() {
        assertThat(Self.inCgroup("0::/system.slice/docker-" + A + ".scope\n")).hasValue(A);
        assertThat(Self.inCgroup("12:devices:/docker/" + A + "\n1:name=systemd:/docker/" + A))
                .hasValue(A);
        assertThat(Self.inCgroup("0::/docker/" + A + "/docker/" + B)).hasValue(B);
        assertThat(Self.inCgroup("0::/user.slice/user-1000.slice\n")).isEmpty();
        assertThat(Self.inCgroup("0::/\n")).isEmpty();
        assertThat(Self.inCgroup("0::/libpod-conmon-" + A + ".scope")).isEmpty();
    }

    @Test
    void whereTheCgroupIsHiddenTheEnginesMountsSay() {
        String inside = "713 692 8:1 /var/lib/docker/containers/" + A
                + "/resolv.conf /etc/resolv.conf rw,relatime - ext4 /dev/sda1 rw\n";
        assertThat(Self.inMounts("1 2 0:1 / / rw - overlay overlay rw\n" + inside))
                .hasValue(A);
        String host = "714 28 0:50 / /var/lib/docker/containers/" + A + "/mounts/shm rw - tmpfs shm rw\n";
        assertThat(Self.inMounts(host)).isEmpty();
    }
}
