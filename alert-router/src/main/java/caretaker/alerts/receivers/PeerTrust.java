package caretaker.alerts.receivers;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts a server whose certificate is for a given name, whatever the URL's host is.
 *
 * <p>Without a list of trusted certificates it trusts everybody, which is what {@code insecure_skip_verify} means.
 */
final class PeerTrust extends X509ExtendedTrustManager {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private final @Nullable X509ExtendedTrustManager trusted;
    private final String name;

    PeerTrust(@Nullable X509ExtendedTrustManager trusted, String name) {
        this.trusted = trusted;
        this.name = name.toLowerCase(Locale.ROOT);
    }

    private void check(X509Certificate[] chain, String authType) throws CertificateException {
        if (trusted == null) {
            return;
        }
        trusted.checkServerTrusted(chain, authType);
        Collection<List<?>> names = chain[0].getSubjectAlternativeNames();
        for (List<?> entry : names == null ? List.<List<?>>of() : names) {
            int kind = (Integer) entry.get(0);
            if ((kind == DNS_NAME || kind == IP_ADDRESS) && matches(String.valueOf(entry.get(1)))) {
                return;
            }
        }
        throw new CertificateException("the server's certificate is not for " + name);
    }

    /** A star stands for one label, the first. */
    private boolean matches(String pattern) {
        String lower = pattern.toLowerCase(Locale.ROOT);
        int dot = name.indexOf('.');
        return lower.equals(name)
                || (lower.startsWith("*.") && dot > 0 && name.substring(dot).equals(lower.substring(1)));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("no client is expected");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("no client is expected");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("no client is expected");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
