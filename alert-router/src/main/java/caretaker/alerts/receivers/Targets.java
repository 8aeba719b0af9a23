package caretaker.alerts.receivers;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a notification may go. Never to the addresses at which clouds hand out credentials, whoever asks: the URL may
 * hold a template, and so come from a label. The name is looked up once more for the connection itself, so a name
 * server that changes its mind in between is not caught.
 */
final class Targets {
    /** EC2's metadata by IPv6, and Alibaba's. The others are link-local. */
    private static final Set<String> METADATA = Set.of("fd00:ec2:0:0:0:0:0:254", "100.100.100.200");

    private Targets() {}

    /** The URL, or null if it is none that we can call. */
    static @Nullable URI url(String text) {
        try {
            var url = new URI(text.strip());
            boolean http = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            return http && url.getHost() != null ? url : null;
        } catch (URISyntaxException e) {
            return null; // its message has the URL, which may be a secret
        }
    }

    /**
     * Whether the host is, or resolves to, an address that is refused.
     *
     * @param proxied whether a proxy is asked, which may know names that we don't
     * @throws UnknownHostException if it has no address and is called directly
     */
    static boolean isRefused(URI url, boolean proxied) throws UnknownHostException {
        try {
            return isRefused(url.getHost());
        } catch (UnknownHostException e) {
            if (proxied) {
                return false;
            }
            throw e;
        }
    }

    /** As {@link #isRefused(URI, boolean)}, called directly. */
    static boolean isRefused(String host) throws UnknownHostException {
        for (InetAddress address : InetAddress.getAllByName(host)) {
            if (address.isLinkLocalAddress() || METADATA.contains(address.getHostAddress())) {
                return true;
            }
        }
        return false;
    }

    static boolean isSameServer(URI a, URI b) {
        return a.getScheme().equalsIgnoreCase(b.getScheme())
                && a.getHost().equalsIgnoreCase(b.getHost())
                && port(a) == port(b);
    }

    private static int port(URI url) {
        return url.getPort() != -1 ? url.getPort() : "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
    }
}
