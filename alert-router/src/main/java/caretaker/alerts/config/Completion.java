package caretaker.alerts.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fills in what receivers leave to {@code global}, and makes relative paths start at the file's directory. */
final class Completion {
    private final Values global;
    private final Path directory;

    private Completion(Values global, Path directory) {
        this.global = global;
        this.directory = directory;
    }

    /** @param directory the configuration file's */
    static void complete(Values file, Path directory) {
        Values global = file.section("global");
        if (global == null) {
            return;
        }
        var completion = new Completion(global, directory);
        if (!global.has("http_config")) {
            global.put("http_config", defaults(global));
        }
        completion.paths(global.section("http_config"));
        for (Values receiver : file.sections("receivers")) {
            receiver.sections("email_configs").forEach(completion::email);
            receiver.sections("slack_configs").forEach(completion::slack);
            receiver.sections("pagerduty_configs").forEach(completion::pagerduty);
            receiver.sections("webhook_configs").forEach(completion::http);
        }
        file.put(
                "templates",
                file.texts("templates").stream().map(completion::join).toList());
    }

    private static Values defaults(Values global) {
        var http = new Values(HttpSchemas.HTTP, "global.http_config", global.where());
        http.put("follow_redirects", true);
        http.put("enable_http2", true);
        return http;
    }

    private void inherit(Values receiver, String key, String globalKey) {
        Object inherited = global.get(globalKey);
        if (inherited != null && !receiver.isGiven(key)) {
            receiver.put(key, inherited);
        }
    }

    /** Both or neither, so that an inherited secret never meets one that is given in the other way. */
    private void inheritBoth(Values receiver, String key, String fileKey, String globalKey, String globalFileKey) {
        if (!receiver.isGiven(key) && !receiver.isGiven(fileKey)) {
            inherit(receiver, key, globalKey);
            inherit(receiver, fileKey, globalFileKey);
        }
    }

    /** The whole section of {@code global}, not one key of it. */
    private void http(Values receiver) {
        if (receiver.section("http_config") == null) {
            inherit(receiver, "http_config", "http_config");
        } else {
            paths(receiver.section("http_config"));
        }
    }

    private void email(Values email) {
        inherit(email, "smarthost", "smtp_smarthost");
        inherit(email, "from", "smtp_from");
        inherit(email, "hello", "smtp_hello");
        inherit(email, "auth_username", "smtp_auth_username");
        inheritBoth(email, "auth_password", "auth_password_file", "smtp_auth_password", "smtp_auth_password_file");
        inheritBoth(email, "auth_secret", "auth_secret_file", "smtp_auth_secret", "smtp_auth_secret_file");
        inherit(email, "auth_identity", "smtp_auth_identity");
        inherit(email, "require_tls", "smtp_require_tls");
        inherit(email, "tls_config", "smtp_tls_config");
        inherit(email, "force_implicit_tls", "smtp_force_implicit_tls");
        if (email.has("headers")) {
            Map<String, String> headers = new LinkedHashMap<>();
            email.textMap("headers").forEach((name, value) -> headers.put(ConfigRules.canonical(name), value));
            email.put("headers", headers);
        }
    }

    private void slack(Values slack) {
        http(slack);
        boolean authorized = slack.isGiven("api_url") || slack.isGiven("api_url_file") || hasAuthorization(slack);
        if (!authorized) {
            inheritBoth(slack, "app_token", "app_token_file", "slack_app_token", "slack_app_token_file");
        }
        if (!slack.isGiven("app_token") && !slack.isGiven("app_token_file")) {
            inheritBoth(slack, "api_url", "api_url_file", "slack_api_url", "slack_api_url_file");
        }
        inherit(slack, "app_url", "slack_app_url");
    }

    private static boolean hasAuthorization(Values slack) {
        Values http = slack.section("http_config");
        return http != null && http.has("authorization");
    }

    private void pagerduty(Values pagerduty) {
        http(pagerduty);
        inherit(pagerduty, "url", "pagerduty_url");
        if (!pagerduty.isGiven("source")) {
            pagerduty.put("source", pagerduty.text("client"));
        }
        Map<String, Object> details = new LinkedHashMap<>(ReceiverSchemas.PAGERDUTY_DETAILS);
        details.putAll(pagerduty.map("details"));
        pagerduty.put("details", details);
    }

    private void paths(@Nullable Values http) {
        if (http == null) {
            return;
        }
        join(http, "bearer_token_file");
        tls(http.section("tls_config"));
        Values basic = http.section("basic_auth");
        if (basic != null) {
            join(basic, "username_file");
            join(basic, "password_file");
        }
        Values authorization = http.section("authorization");
        if (authorization != null) {
            join(authorization, "credentials_file");
        }
        Values oauth2 = http.section("oauth2");
        if (oauth2 != null) {
            join(oauth2, "client_secret_file");
            tls(oauth2.section("tls_config"));
        }
    }

    private void tls(@Nullable Values tls) {
        if (tls != null) {
            List.of("ca_file", "cert_file", "key_file").forEach(key -> join(tls, key));
        }
    }

    private void join(Values values, String key) {
        if (values.isGiven(key)) {
            values.put(key, join(values.text(key)));
        }
    }

    private String join(String path) {
        return path.isEmpty() || path.startsWith("/")
                ? path
                : directory.resolve(path).normalize().toString();
    }
}
