package caretaker.docker;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where an engine listens.
 *
 * @param uri {@code unix:///path} or {@code tcp://address:port}
 */
public record EngineAddress(URI uri) {
    private static final String UNIX = "unix";

    public EngineAddress {
        boolean isUnix = UNIX.equals(uri.getScheme())
                && uri.getPath() != null
                && uri.getPath().length() > 1;
        boolean isTcp = "tcp".equals(uri.getScheme()) && uri.getHost() != null && uri.getPort() > 0;
        if (!isUnix && !isTcp) {
            throw new IllegalArgumentException("'" + uri + "' is not unix:///path and not tcp://address:port");
        }
    }

    /**
     * Reads what a setting says.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    public static EngineAddress of(String text) {
        return new EngineAddress(URI.create(text));
    }

    /** The file of the engine's socket; none for an engine behind TCP. */
    public Optional<Path> socket() {
        return UNIX.equals(uri.getScheme()) ? Optional.of(Path.of(uri.getPath())) : Optional.empty();
    }
}
