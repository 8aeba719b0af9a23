package caretaker.agent.sampling;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The files through which the driver is reached. In a container they can be lost while it runs, for example when the
 * host's systemd reloads and takes the permission away; the driver then answers with nothing better than "unknown".
 */
final class DeviceNodes {
    private final Path root;

    /** @param root {@code /dev} */
    DeviceNodes(Path root) {
        this.root = root;
    }

    boolean isControlLost() {
        return isLost("nvidiactl");
    }

    /** @param minor the number in the name of the GPU's file, or negative if it is not known */
    boolean isLost(long minor) {
        return isControlLost() || (minor >= 0 && isLost("nvidia" + minor));
    }

    private boolean isLost(String name) {
        try (FileChannel node = FileChannel.open(root.resolve(name), StandardOpenOption.READ)) {
            return !node.isOpen();
        } catch (IOException e) {
            return true; // absent, or the control group forbids it
        }
    }
}
