package caretaker.alerts.config;

import caretaker.chassis.config.Secret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a receiver is called over HTTP.
 *
 * @param headers sent with each request, by name
 */
public record HttpConfig(
        @Nullable BasicAuth basicAuth,
        @Nullable Authorization authorization,
        @Nullable OAuth2 oauth2,
        TlsConfig tls,
        Proxy proxy,
        boolean followRedirects,
        boolean http2,
        Map<String, Header> headers) {
    public static final HttpConfig DEFAULT =
            new HttpConfig(null, null, null, TlsConfig.DEFAULT, Proxy.NONE, true, true, Map.of());

    public record BasicAuth(String username, String usernameFile, SecretSource password) {}

    /**
     * The header of that name.
     *
     * @param type {@code Bearer} unless told otherwise
     */
    public record Authorization(String type, SecretSource credentials) {}

    /** The client credentials grant. */
    public record OAuth2(
            String clientId,
            SecretSource clientSecret,
            List<String> scopes,
            String tokenUrl,
            Map<String, String> endpointParams,
            TlsConfig tls,
            Proxy proxy) {}

    /**
     * By way of whom the receiver is called.
     *
     * @param url null for none; a secret, since it may hold a password
     * @param noProxy hosts that are called directly, with commas
     * @param fromEnvironment whether HTTP_PROXY and its siblings count
     */
    public record Proxy(@Nullable Secret url, String noProxy, boolean fromEnvironment) {
        public static final Proxy NONE = new Proxy(null, "", false);

        static Proxy of(Values values) {
            String url = values.text("proxy_url");
            return new Proxy(
                    url.isEmpty() ? null : new Secret(url),
                    values.text("no_proxy"),
                    values.flag("proxy_from_environment"));
        }
    }

    /**
     * The values of one header.
     *
     * @param files each holds one value
     */
    public record Header(List<String> values, List<Secret> secrets, List<String> files) {}

    static HttpConfig of(@Nullable Values values) {
        if (values == null) {
            return DEFAULT;
        }
        Map<String, Header> headers = new LinkedHashMap<>();
        values.map("http_headers").forEach((name, value) -> {
            if (value instanceof Values header) {
                headers.put(
                        name,
                        new Header(
                                header.texts("values"), header.list("secrets", Secret.class), header.texts("files")));
            }
        });
        return new HttpConfig(
                basicAuth(values.section("basic_auth")),
                authorization(values),
                oauth2(values.section("oauth2")),
                TlsConfig.of(values.section("tls_config")),
                Proxy.of(values),
                values.flag("follow_redirects"),
                values.flag("enable_http2"),
                headers);
    }

    private static @Nullable BasicAuth basicAuth(@Nullable Values auth) {
        return auth == null
                ? null
                : new BasicAuth(
                        auth.text("username"),
                        auth.text("username_file"),
                        SecretSource.of(auth, "password", "password_file"));
    }

    private static @Nullable Authorization authorization(Values values) {
        if (values.isGiven("bearer_token") || values.isGiven("bearer_token_file")) {
            return new Authorization("Bearer", SecretSource.of(values, "bearer_token", "bearer_token_file"));
        }
        Values given = values.section("authorization");
        if (given == null) {
            return null;
        }
        String type = given.text("type").strip();
        return new Authorization(
                type.isEmpty() ? "Bearer" : type, SecretSource.of(given, "credentials", "credentials_file"));
    }

    private static @Nullable OAuth2 oauth2(@Nullable Values values) {
        return values == null
                ? null
                : new OAuth2(
                        values.text("client_id"),
                        SecretSource.of(values, "client_secret", "client_secret_file"),
                        values.texts("scopes"),
                        values.text("token_url"),
                        values.textMap("endpoint_params"),
                        TlsConfig.of(values.section("tls_config")),
                        Proxy.of(values));
    }
}
