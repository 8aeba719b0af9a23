package caretaker.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** when a disk is full. */
class DisksTest {
    private static final long GIB = 1L << 30;

    @Test
    void aDiskIsFullIfNeitherAHundredthNorAGibibyteIsLeft() {
        assertThat(Disks.isFull(0, 100 * GIB)).isTrue();
        assertThat(Disks.isFull(GIB - 1, 1000 * GIB)).isTrue();
        assertThat(Disks.isFull(GIB, 1000 * GIB)).isFalse();
        assertThat(Disks.isFull(GIB / 2, 20 * GIB)).isFalse();
        assertThat(Disks.isFull(0, 0)).as("a file system without a size").isFalse();
    }

    @Test
    void whatCannotBeAskedIsNotFull(@TempDir Path folder) {
        assertThat(new Disks(List.of(folder.resolve("none"))).isOneFull()).isFalse();
    }
}
