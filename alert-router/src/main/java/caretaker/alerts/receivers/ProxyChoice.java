package caretaker.alerts.receivers;

import caretaker.alerts.config.HttpConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which proxy a URL is called through. Proxies are called over plain HTTP. */
final class ProxyChoice extends ProxySelector {
    private final Map<String, Target> byScheme;
    private final List<String> direct = new ArrayList<>();

    private ProxyChoice(Map<String, Target> byScheme, String noProxy) {
        this.byScheme = byScheme;
        for (String host : noProxy.split(",")) {
            if (!host.isBlank()) {
                direct.add(host.strip().toLowerCase(Locale.ROOT));
            }
        }
    }

    /**
     * What the configuration says, null for no proxy.
     *
     * @throws IOException if it says what we can't do
     */
    static @Nullable ProxyChoice of(HttpConfig.Proxy config, Map<String, String> environment) throws IOException {
        if (config.url() != null) {
            Target proxy = proxy(config.url().reveal(), "proxy_url");
            return new ProxyChoice(Map.of("http", proxy, "https", proxy), config.noProxy());
        }
        if (!config.fromEnvironment()) {
            return null;
        }
        Map<String, Target> found = new java.util.HashMap<>();
        for (String scheme : List.of("http", "https")) {
            String text = variable(environment, scheme + "_proxy");
            if (!text.isEmpty()) {
                found.put(scheme, proxy(text, scheme + "_proxy"));
            }
        }
        return found.isEmpty() ? null : new ProxyChoice(found, variable(environment, "no_proxy"));
    }

    private static String variable(Map<String, String> environment, String name) {
        return environment.getOrDefault(name.toUpperCase(Locale.ROOT), environment.getOrDefault(name, ""));
    }

    private static Target proxy(String text, String name) throws IOException {
        Target url = Target.of(text);
        if (url == null || url.isSecure()) {
            throw new IOException(name + " is not the http:// URL of a proxy; other kinds are not supported");
        }
        return url;
    }

    @Override
    public List<Proxy> select(URI url) {
        Target proxy = chosen(url.getScheme(), url.getHost());
        return List.of(
                proxy == null
                        ? Proxy.NO_PROXY
                        : new Proxy(Proxy.Type.HTTP, new InetSocketAddress(known(proxy), proxy.actualPort())));
    }

    /** The proxy's name, or its address where Java's client can't read the name. */
    private static String known(Target proxy) {
        try {
            return proxy.isByAddress() ? InetAddress.getByName(proxy.host()).getHostAddress() : proxy.host();
        } catch (UnknownHostException e) {
            return proxy.host(); // the call fails of it, and says so
        }
    }

    /** The proxy that a URL is called through, null for none. */
    @Nullable Target of(Target target) {
        return chosen(target.url().getScheme(), target.host());
    }

    private @Nullable Target chosen(String scheme, String host) {
        return isDirect(host.toLowerCase(Locale.ROOT)) ? null : byScheme.get(scheme.toLowerCase(Locale.ROOT));
    }

    /** A host itself, what is under a domain, or a star for all. */
    private boolean isDirect(String host) {
        return direct.stream().anyMatch(entry -> {
            String name = entry.startsWith(".") ? entry.substring(1) : entry;
            return name.equals("*") || host.equals(name) || host.endsWith("." + name);
        });
    }

    @Override
    public void connectFailed(URI url, SocketAddress address, IOException failure) {
        // the caller sees the failure
    }
}
