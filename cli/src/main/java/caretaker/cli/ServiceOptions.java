package caretaker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who a command says it is to a service, and whom it trusts. Secrets come from files or the environment only. */
final class ServiceOptions {
    static final String PASSWORD = "CARETAKER_PASSWORD";
    static final String TOKEN = "CARETAKER_TOKEN";

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "User; the password is in $" + PASSWORD + " or --password-file.")
    private @Nullable String user;

    @Option(names = "--password-file", paramLabel = "FILE", description = "File whose first line is the password.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "File whose first line is a bearer token; or $" + TOKEN + ".")
    private @Nullable Path tokenFile;

    @Option(names = "--ca", paramLabel = "FILE", description = "PEM file of the authorities to trust.")
    private @Nullable Path ca;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "Give up after this time (default: ${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ofSeconds(30);

    /**
     * What {@code --url} says, without a slash at its end.
     *
     * @param example of one
     */
    static URI url(String url, String example) {
        try {
            var read = new URI(url.replaceAll("/+$", ""));
            boolean web = "http".equals(read.getScheme()) || "https".equals(read.getScheme());
            if (read.getUserInfo() != null) {
                throw bad("--url holds a password, which others can see; use --user and --password-file");
            }
            if (web && read.getHost() != null && read.getQuery() == null && read.getFragment() == null) {
                return read;
            }
        } catch (URISyntaxException e) {
            throw bad("--url '" + url + "' is no URL: " + e.getReason());
        }
        throw bad("--url '" + url + "' is no URL of http or https, like " + example);
    }

    Duration timeout() {
        return timeout;
    }

    /** The value of {@code Authorization}, or null. */
    @Nullable String authorization(Map<String, String> environment) {
        String token = tokenFile != null ? firstLine(tokenFile) : environment.get(TOKEN);
        if (user == null) {
            if (passwordFile != null) {
                throw bad("--password-file goes with --user");
            }
            return token == null || token.isEmpty() ? null : "Bearer " + token;
        }
        String password = passwordFile != null ? firstLine(passwordFile) : environment.get(PASSWORD);
        if (password == null) {
            throw bad("no password for --user; put it into $" + PASSWORD + " or a file for --password-file");
        }
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file, UTF_8).lines().findFirst().orElse("").strip();
        } catch (IOException e) {
            throw bad("cannot read " + file + ": " + e.getMessage());
        }
    }

    /** What to trust, or null for what the JVM trusts. */
    @Nullable SSLContext trust() {
        if (ca == null) {
            return null;
        }
        try (InputStream pem = Files.newInputStream(ca)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("ca" + count++, one);
            }
            if (count == 0) {
                throw bad("--ca " + ca + " holds no certificate");
            }
            var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw bad("--ca " + ca + " cannot be read: " + e.getMessage());
        }
    }

    private static CommandFailure bad(String message) {
        return new CommandFailure(Exit.USAGE, message);
    }
}
