package caretaker.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * Kafka's log directory below the broker's own. It is formatted beside its place and moved there whole, so that a crash
 * leaves either no log directory or a complete one.
 */
final class LogDirectory {
    static final int NODE_ID = 1;
    static final String CONTROLLER = "CONTROLLER";

    private LogDirectory() {}

    /** Where the log is below {@code dir}, formatted if it is new. */
    static Path prepare(Path dir) {
        Path log = dir.resolve("kafka");
        try {
            if (Files.isDirectory(log)) {
                check(log);
            } else {
                format(dir, log);
            }
            return log;
        } catch (IOException e) {
            throw new BrokerException.BadDirectory(dir, e.toString(), e);
        }
    }

    private static void check(Path log) throws IOException {
        Path file = log.resolve("meta.properties");
        if (!Files.isRegularFile(file)) {
            throw new BrokerException.IncompatibleLayout(log, "it has no meta.properties");
        }
        var meta = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            meta.load(reader);
        }
        String version = meta.getProperty("version", "missing");
        if (!version.equals("1")) {
            throw new BrokerException.IncompatibleLayout(log, "meta.properties has version " + version + ", not 1");
        }
        String node = meta.getProperty("node.id", "missing");
        if (!node.equals(Integer.toString(NODE_ID))) {
            throw new BrokerException.IncompatibleLayout(
                    log, "meta.properties has node.id " + node + ", not " + NODE_ID);
        }
    }

    private static void format(Path dir, Path log) throws IOException {
        Path fresh = dir.resolve("kafka.new");
        delete(fresh);
        Files.createDirectory(fresh);
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                    .setSupportedFeatures(List.copyOf(Feature.PRODUCTION_FEATURES))
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(NODE_ID)
                    .setControllerListenerName(CONTROLLER)
                    .setMetadataLogDirectory(fresh.toString())
                    .addDirectory(fresh.toString())
                    .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                    .run();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new BrokerException.StartFailed(dir, e);
        }
        Files.move(fresh, log, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (var paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
