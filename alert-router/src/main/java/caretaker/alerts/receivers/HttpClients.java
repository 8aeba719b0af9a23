package caretaker.alerts.receivers;

import caretaker.alerts.config.HttpConfig;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP clients of one {@code http_config}, made when they are needed, and anew when its certificates or its key
 * were written anew. Any thread.
 */
final class HttpClients implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    static {
        // Java reads them once, when the first client of the process is made; cli/*.options have them, too.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", ""); // Basic, as proxies know it
    }

    private final HttpConfig config;
    private final Kept proxied = new Kept();
    private final Kept direct = new Kept();

    /**
     * How a URL is called.
     *
     * @param proxyLogin {@code name:password} for the proxy that is asked, null if it wants none
     */
    record Way(HttpClient http, @Nullable String proxyLogin) {
        /** Without the password. */
        @Override
        public String toString() {
            return "Way";
        }
    }

    HttpClients(HttpConfig config) {
        this.config = config;
    }

    /**
     * The way to a URL.
     *
     * @throws IOException if what the configuration says can't be done, without secrets
     */
    synchronized Way to(Target target) throws IOException {
        ProxyChoice proxies = ProxyChoice.of(config.proxy(), System.getenv());
        Target proxy = proxies == null ? null : proxies.of(target);
        if (!target.isByAddress()) {
            return new Way(proxied.get(proxies), proxy == null ? null : proxy.login());
        }
        if (proxy != null) {
            throw new IOException("a proxy cannot be asked for a host with an underscore in its name; name it in"
                    + " no_proxy, or call it otherwise");
        }
        if (target.isSecure()) {
            throw new IOException("https needs a host without an underscore in its name");
        }
        return new Way(direct.get(null), null);
    }

    private HttpClient open(@Nullable ProxyChoice proxies) throws IOException {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(config.http2() ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .sslContext(Tls.context(config.tls()))
                .sslParameters(Tls.parameters(config.tls()))
                .executor(Executors.newVirtualThreadPerTaskExecutor());
        if (proxies != null) {
            builder.proxy(proxies);
        }
        return builder.build();
    }

    @Override
    public synchronized void close() {
        proxied.close();
        direct.close();
    }

    /** A client, and how old what it was made of is. */
    private final class Kept {
        private @Nullable HttpClient client;
        private List<Long> files = List.of();

        HttpClient get(@Nullable ProxyChoice proxies) throws IOException {
            List<Long> now = Tls.filesWritten(config.tls());
            HttpClient old = client;
            if (old != null && now.equals(files)) {
                return old;
            }
            try {
                client = open(proxies);
                files = now;
            } catch (IOException e) {
                if (old == null) {
                    throw e;
                }
                return old; // half written; the next message looks again
            }
            if (old != null) {
                old.shutdown(); // what is on its way arrives
            }
            return client;
        }

        void close() {
            if (client != null) {
                client.shutdownNow();
                client = null;
            }
        }
    }
}
