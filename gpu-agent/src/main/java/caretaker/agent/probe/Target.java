package caretaker.agent.probe;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a probe asks.
 *
 * @param host a name or an address; empty only in what a container's owner wrote: the container itself
 * @param path begins with a slash, may have a query; empty for TCP
 */
record Target(Scheme scheme, String host, int port, String path) {
    private static final int MAX_LENGTH = 1024;
    private static final Pattern URL =
            Pattern.compile("(http|https|tcp)://([A-Za-z0-9._-]{0,253})(?::([0-9]{1,5}))?(/[\\x21-\\x7E]*)?");

    enum Scheme {
        HTTP(80),
        HTTPS(443),
        TCP(0);

        private final int port;

        Scheme(int port) {
            this.port = port;
        }
    }

    /** None for anything but {@code http://host:port/path}, {@code https://...} and {@code tcp://host:port}. */
    static Optional<Target> parse(String url) {
        Matcher matcher = URL.matcher(url);
        if (url.length() > MAX_LENGTH || !matcher.matches()) {
            return Optional.empty();
        }
        Scheme scheme = Scheme.valueOf(matcher.group(1).toUpperCase(Locale.ROOT));
        int port = matcher.group(3) == null ? scheme.port : Integer.parseInt(matcher.group(3));
        String path = matcher.group(4) == null ? "" : matcher.group(4);
        if (port < 1 || port > 65_535 || path.contains("#") || (scheme == Scheme.TCP && !path.isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(
                new Target(scheme, matcher.group(2), port, scheme == Scheme.TCP || !path.isEmpty() ? path : "/"));
    }

    Target at(String address, int otherPort) {
        return new Target(scheme, address, otherPort, path);
    }

    Target withPath(String other) {
        return new Target(scheme, host, port, other);
    }

    /** Without its query, which may hold a secret. */
    @Override
    public String toString() {
        int query = path.indexOf('?');
        return scheme.name().toLowerCase(Locale.ROOT) + "://" + host + ":" + port
                + (query < 0 ? path : path.substring(0, query));
    }
}
