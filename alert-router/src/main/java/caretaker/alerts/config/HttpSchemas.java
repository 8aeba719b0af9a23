package caretaker.alerts.config;

import static caretaker.alerts.config.Kind.Field.entry;
import static caretaker.alerts.config.Kind.Field.flag;
import static caretaker.alerts.config.Kind.Field.section;
import static caretaker.alerts.config.Kind.Field.text;
import static caretaker.alerts.config.Kind.Field.textMap;
import static caretaker.alerts.config.Kind.Field.texts;

import caretaker.alerts.config.Kind.ListOf;
import caretaker.alerts.config.Kind.MapOf;
import caretaker.alerts.config.Kind.Scalar;
import caretaker.alerts.config.Kind.Schema;

/** The keys of {@code http_config} and what is in it, as Prometheus' common library has them. */
final class HttpSchemas {
    static final Schema TLS = Schema.of(
            "tls_config",
            text("ca"),
            text("cert"),
            entry("key", Scalar.SECRET),
            text("ca_file"),
            text("cert_file"),
            text("key_file"),
            text("server_name"),
            flag("insecure_skip_verify", false),
            text("min_version"),
            text("max_version"));

    private static final Schema BASIC_AUTH = Schema.of(
            "basic_auth",
            text("username"),
            text("username_file"),
            entry("password", Scalar.SECRET),
            text("password_file"));

    private static final Schema AUTHORIZATION =
            Schema.of("authorization", text("type"), entry("credentials", Scalar.SECRET), text("credentials_file"));

    private static final Schema HEADER = Schema.of(
            "http_headers", texts("values"), entry("secrets", new ListOf(Scalar.SECRET, false)), texts("files"));

    private static final MapOf CONNECT_HEADERS = new MapOf(new ListOf(Scalar.SECRET, false));

    private static final Schema OAUTH2 = Schema.of(
            "oauth2",
            text("client_id"),
            entry("client_secret", Scalar.SECRET),
            text("client_secret_file"),
            texts("scopes"),
            text("token_url"),
            textMap("endpoint_params"),
            section("tls_config", TLS),
            entry("proxy_url", Scalar.PROXY_URL),
            text("no_proxy"),
            flag("proxy_from_environment"),
            entry("proxy_connect_header", CONNECT_HEADERS));

    static final Schema HTTP = Schema.of(
            "http_config",
            section("basic_auth", BASIC_AUTH),
            section("authorization", AUTHORIZATION),
            section("oauth2", OAUTH2),
            entry("bearer_token", Scalar.SECRET),
            text("bearer_token_file"),
            section("tls_config", TLS),
            flag("follow_redirects", true),
            flag("enable_http2", true),
            entry("proxy_url", Scalar.PROXY_URL),
            text("no_proxy"),
            flag("proxy_from_environment"),
            entry("proxy_connect_header", CONNECT_HEADERS),
            entry("http_headers", new MapOf(new Kind.Section(HEADER))));

    private HttpSchemas() {}
}
