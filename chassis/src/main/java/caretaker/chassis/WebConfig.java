package caretaker.chassis;

import caretaker.chassis.config.Config;
import caretaker.chassis.config.Secret;
import caretaker.chassis.config.SnakeCase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may talk to a port and how, in the file format of Prometheus' exporters.
 *
 * @param basicAuthUsers names and bcrypt hashes of their passwords; empty lets everybody in
 */
@SnakeCase
public record WebConfig(@Nullable TlsServerConfig tlsServerConfig, Map<String, Secret> basicAuthUsers) {
    private static final List<String> VERSIONS = List.of("TLS10", "TLS11", "TLS12", "TLS13");
    private static final List<String> CLIENT_AUTH = List.of(
            "NoClientCert",
            "RequestClientCert",
            "RequireAnyClientCert",
            "VerifyClientCertIfGiven",
            "RequireAndVerifyClientCert");

    /** PEM files, relative to the file that names them. */
    @SnakeCase
    public record TlsServerConfig(
            Path certFile,
            Path keyFile,
            @Nullable Path clientCaFile,
            @Nullable String clientAuthType,
            @Nullable String minVersion) {
        public TlsServerConfig {
            if (minVersion != null && !VERSIONS.subList(2, 4).contains(minVersion)) {
                throw new IllegalArgumentException(
                        "min_version is TLS12 or TLS13, not '" + minVersion + "'; older ones are broken");
            }
            if (clientAuthType != null && !CLIENT_AUTH.contains(clientAuthType)) {
                throw new IllegalArgumentException(
                        "client_auth_type '" + clientAuthType + "' is not one of " + String.join(", ", CLIENT_AUTH));
            }
            if (clientCaFile == null && verifies(clientAuthType)) {
                throw new IllegalArgumentException(
                        "client_auth_type " + clientAuthType + " has nothing to verify with; set client_ca_file");
            }
        }

        private static boolean verifies(@Nullable String type) {
            return type != null && type.contains("Verify");
        }
    }

    public WebConfig {
        basicAuthUsers.forEach((user, hash) -> {
            if (!hash.reveal().matches("\\$2[aby]\\$\\d\\d\\$[./A-Za-z0-9]{53}")) {
                throw new IllegalArgumentException("basic_auth_users." + user
                        + " has no bcrypt hash; make one with `htpasswd -nBC 10 " + user + "`");
            }
        });
        basicAuthUsers = Map.copyOf(basicAuthUsers);
    }

    /** Neither TLS nor passwords. */
    static WebConfig open() {
        return new WebConfig(null, Map.of());
    }

    static WebConfig load(Path file) {
        WebConfig read = Config.load(WebConfig.class, file, System.getenv());
        TlsServerConfig tls = read.tlsServerConfig;
        if (tls == null) {
            return read;
        }
        Path ca = tls.clientCaFile();
        return new WebConfig(
                new TlsServerConfig(
                        file.resolveSibling(tls.certFile()),
                        file.resolveSibling(tls.keyFile()),
                        ca == null ? null : file.resolveSibling(ca),
                        tls.clientAuthType(),
                        tls.minVersion()),
                read.basicAuthUsers);
    }
}
