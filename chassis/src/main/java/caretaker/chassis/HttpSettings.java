package caretaker.chassis;

import caretaker.chassis.config.Bytes;
import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a service listens.
 *
 * @param host 127.0.0.1 keeps it to this machine; 0.0.0.0 opens it, best with a {@code webConfig}
 * @param port 0 takes a free one; null leaves it to the service
 * @param webConfig TLS and passwords, in a file of the form that Prometheus' exporters take
 * @param maxBody a request with a larger body is refused
 */
public record HttpSettings(
        @Default("127.0.0.1") String host,
        @Nullable Integer port,
        @Nullable Path webConfig,

        @Default("4MiB") @Range(min = "1KiB", max = "256MiB")
        Bytes maxBody) {

    public HttpSettings {
        if (port != null && (port < 0 || port > 65_535)) {
            throw new IllegalArgumentException("port is between 0 and 65535, not " + port);
        }
    }

    /** On this machine only, without TLS. */
    public static HttpSettings local(int port) {
        return new HttpSettings("127.0.0.1", port, null, new Bytes(4 << 20));
    }

    /** These settings, with the service's own port if the file names none. */
    public HttpSettings orPort(int standard) {
        return port != null ? this : new HttpSettings(host, standard, webConfig, maxBody);
    }
}
