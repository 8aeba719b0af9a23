package caretaker.alerts.receivers;

import caretaker.alerts.config.TlsConfig;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Makes what {@code tls_config} says. */
final class Tls {
    private static final int MAX_FILE = 1 << 20;
    private static final List<String> VERSIONS = List.of("TLS10", "TLS11", "TLS12", "TLS13");
    private static final List<String> PROTOCOLS = List.of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");

    private Tls() {}

    /**
     * A context with the trusted certificates and our own.
     *
     * @throws IOException if a file or a certificate can't be read; the message holds nothing of what is in it
     */
    static SSLContext context(TlsConfig config) throws IOException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(keys(config), new TrustManager[] {trust(config)}, null);
            return context;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("tls_config: a certificate or key cannot be read", e);
        }
    }

    /** When the files that it names were last written, in milliseconds; 0 for one that is not there. */
    static List<Long> filesWritten(TlsConfig config) {
        List<Long> times = new ArrayList<>();
        for (String file : List.of(config.caFile(), config.certFile())) {
            times.add(new File(file).lastModified());
        }
        Path key = config.key().file();
        times.add(key == null ? 0 : key.toFile().lastModified());
        return times;
    }

    /** The protocols between the oldest and the newest allowed; TLS 1.2 is the oldest if nobody says. */
    static List<String> protocols(TlsConfig config) {
        int oldest = config.minVersion().isEmpty() ? 2 : Math.max(0, VERSIONS.indexOf(config.minVersion()));
        int newest = config.maxVersion().isEmpty() ? 3 : Math.max(oldest, VERSIONS.indexOf(config.maxVersion()));
        return PROTOCOLS.subList(oldest, newest + 1);
    }

    static SSLParameters parameters(TlsConfig config) {
        var parameters = new SSLParameters();
        parameters.setProtocols(protocols(config).toArray(String[]::new));
        return parameters;
    }

    private static X509ExtendedTrustManager trust(TlsConfig config) throws IOException, GeneralSecurityException {
        String pem = text(config.ca(), config.caFile());
        KeyStore store = null;
        if (!pem.isEmpty()) {
            store = emptyStore();
            int index = 0;
            for (Certificate certificate : certificates(pem)) {
                store.setCertificateEntry("ca" + index++, certificate);
            }
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        X509ExtendedTrustManager system = Stream.of(factory.getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .orElseThrow();
        if (config.insecureSkipVerify()) {
            return new PeerTrust(null, "");
        }
        return config.serverName().isEmpty() ? system : new PeerTrust(system, config.serverName());
    }

    private static KeyManager @Nullable [] keys(TlsConfig config) throws IOException, GeneralSecurityException {
        String pem = text(config.cert(), config.certFile());
        if (pem.isEmpty()) {
            return null;
        }
        KeyStore store = emptyStore();
        store.setKeyEntry(
                "own",
                PemKey.read(config.key().reveal()),
                new char[0],
                certificates(pem).toArray(Certificate[]::new));
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static Collection<? extends Certificate> certificates(String pem) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        return store;
    }

    private static String text(String inline, String file) throws IOException {
        if (file.isEmpty()) {
            return inline;
        }
        Path path = Path.of(file);
        if (Files.size(path) > MAX_FILE) {
            throw new IOException(file + " is larger than 1 MiB; is it a certificate?");
        }
        return Files.readString(path);
    }
}
