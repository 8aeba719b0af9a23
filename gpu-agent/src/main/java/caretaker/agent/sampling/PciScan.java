package caretaker.agent.sampling;

import caretaker.contracts.Readings;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Counts the NVIDIA GPUs that the kernel sees on PCI, whatever the driver says. Those that another driver has are not
 * for it to list: given to a virtual machine ({@code vfio-pci}), left to a screen ({@code nouveau}).
 */
final class PciScan {
    private static final String NVIDIA = "0x10de";
    private static final String DRIVER = "nvidia";

    private final Path root;

    PciScan(Path root) {
        this.root = root;
    }

    /** {@link Readings#UNKNOWN} where the list cannot be read. */
    int gpus() {
        int gpus = 0;
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(root)) {
            for (Path device : devices) {
                gpus += isGpu(device) ? 1 : 0;
            }
        } catch (IOException | DirectoryIteratorException e) {
            return Readings.UNKNOWN;
        }
        return gpus;
    }

    /** Display controllers: 0x0300 with a connector for a screen, 0x0302 without. */
    private static boolean isGpu(Path device) {
        if (!read(device.resolve("vendor")).equals(NVIDIA)) {
            return false;
        }
        String kind = read(device.resolve("class"));
        return (kind.startsWith("0x0300") || kind.startsWith("0x0302")) && !isOfAnotherDriver(device);
    }

    /** A device without a driver has no such link. */
    private static boolean isOfAnotherDriver(Path device) {
        try {
            return !Files.readSymbolicLink(device.resolve("driver")).endsWith(DRIVER);
        } catch (IOException | UnsupportedOperationException none) {
            return false;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException gone) {
            return "";
        }
    }
}
