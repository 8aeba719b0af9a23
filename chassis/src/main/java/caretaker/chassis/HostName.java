package caretaker.chassis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this machine calls itself. Services of one host must agree on it, so all ask here. */
public final class HostName {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private HostName() {}

    /**
     * The machine's name.
     *
     * @throws IllegalStateException if it has none
     */
    public static String ofThisMachine() {
        try {
            return Files.readString(KERNEL).strip();
        } catch (IOException notLinux) {
            return ofAddress();
        }
    }

    private static String ofAddress() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("this machine has no name; set host", e);
        }
    }
}
