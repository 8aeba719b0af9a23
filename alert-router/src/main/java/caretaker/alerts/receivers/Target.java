package caretaker.alerts.receivers;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL of http or https. Java's own knows no host with an underscore, which names of compose services have; such a one
 * is called by its address.
 *
 * @param host as it is written, an IPv6 address in its brackets
 * @param port -1 for the scheme's own
 * @param login {@code name:password} of the URL, null if it has none
 */
record Target(URI url, String host, int port, @Nullable String login) {
    private static final Pattern UNDERSCORED = Pattern.compile("(?:([^@]*)@)?([A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");

    /** The URL, or null if it is none that we can call. */
    static @Nullable Target of(String text) {
        try {
            return of(new URI(text.strip()));
        } catch (URISyntaxException e) {
            return null; // its message has the URL, which may be a secret
        }
    }

    static @Nullable Target of(URI url) {
        boolean http = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        if (!http || url.getRawAuthority() == null) {
            return null;
        }
        if (url.getHost() != null) {
            return new Target(url, url.getHost(), url.getPort(), url.getUserInfo());
        }
        Matcher parts = UNDERSCORED.matcher(url.getRawAuthority());
        if (!parts.matches() || parts.group(2).indexOf('_') < 0) {
            return null;
        }
        int port = parts.group(3) == null ? -1 : Integer.parseInt(parts.group(3));
        String login = parts.group(1);
        return port > 65_535 ? null : new Target(url, parts.group(2), port, login == null ? null : decoded(login));
    }

    private static @Nullable String decoded(String login) {
        try {
            return URLDecoder.decode(login.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    boolean isSecure() {
        return "https".equalsIgnoreCase(url.getScheme());
    }

    /** Whether it is called by its address, with its name in the header {@code Host}. */
    boolean isByAddress() {
        return url.getHost() == null;
    }

    /** The value of the header {@code Host}. */
    String hostAndPort() {
        return port < 0 ? host : host + ":" + port;
    }

    /** The same URL at an address. */
    URI at(InetAddress address) {
        String literal = address.getHostAddress();
        String at = literal.indexOf(':') < 0 ? literal : "[" + literal + "]";
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        return URI.create(url.getScheme() + "://" + at + (port < 0 ? "" : ":" + port) + url.getRawPath() + query);
    }

    boolean isSameServer(Target other) {
        return isSecure() == other.isSecure()
                && host.equalsIgnoreCase(other.host)
                && actualPort() == other.actualPort();
    }

    int actualPort() {
        return port >= 0 ? port : isSecure() ? 443 : 80;
    }

    /** Without what may be secret. */
    @Override
    public String toString() {
        return url.getScheme() + "://" + hostAndPort();
    }
}
