package caretaker.alerts.config;

import org.jspecify.annotations.Nullable;

/**
 * How a TLS connection is made. PEM texts are given themselves or as files.
 *
 * @param ca certificates to trust, empty for the system's
 * @param serverName what the certificate must be for, empty for the host's name
 * @param minVersion TLS10 to TLS13, or empty
 */
public record TlsConfig(
        String ca,
        String caFile,
        String cert,
        String certFile,
        SecretSource key,
        String serverName,
        boolean insecureSkipVerify,
        String minVersion,
        String maxVersion) {
    public static final TlsConfig DEFAULT = new TlsConfig("", "", "", "", SecretSource.NONE, "", false, "", "");

    static TlsConfig of(@Nullable Values values) {
        return values == null
                ? DEFAULT
                : new TlsConfig(
                        values.text("ca"),
                        values.text("ca_file"),
                        values.text("cert"),
                        values.text("cert_file"),
                        SecretSource.of(values, "key", "key_file"),
                        values.text("server_name"),
                        values.flag("insecure_skip_verify"),
                        values.text("min_version"),
                        values.text("max_version"));
    }
}
