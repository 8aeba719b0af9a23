package caretaker.alerts.config;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold between keys, in receivers and in {@code global}. */
final class ConfigRules {
    private static final Set<String> TLS_VERSIONS = Set.of("", "TLS10", "TLS11", "TLS12", "TLS13");

    private final Problems problems;
    private final List<String> warnings;

    ConfigRules(Problems problems, List<String> warnings) {
        this.problems = problems;
        this.warnings = warnings;
    }

    /** Before anything is inherited. */
    void check(Values file) {
        Values global = file.section("global");
        if (global != null) {
            global(global);
        }
        Set<String> names = new HashSet<>();
        for (Values receiver : file.sections("receivers")) {
            String name = receiver.text("name");
            if (name.isEmpty()) {
                problems.add(receiver.where(), "missing name in receiver");
            } else if (!names.add(name)) {
                problems.add(receiver.where("name"), "a receiver '" + name + "' is there already");
            }
            receiver.sections("email_configs").forEach(this::email);
            receiver.sections("slack_configs").forEach(this::slack);
            receiver.sections("pagerduty_configs").forEach(this::pagerduty);
            receiver.sections("webhook_configs").forEach(this::webhook);
        }
        masked(file);
    }

    /** After {@link Completion}: whether what had to come from {@code global} did. */
    void checkComplete(Values file) {
        for (Values receiver : file.sections("receivers")) {
            for (Values email : receiver.sections("email_configs")) {
                needs(email, "smarthost", "global.smtp_smarthost");
                needs(email, "from", "global.smtp_from");
            }
            for (Values slack : receiver.sections("slack_configs")) {
                slackComplete(slack);
                proxied(slack, "api_url", "app_url");
            }
            receiver.sections("webhook_configs").forEach(webhook -> proxied(webhook, "url"));
            receiver.sections("pagerduty_configs").forEach(pagerduty -> proxied(pagerduty, "url"));
        }
    }

    /** A host with an underscore in its name is called by its address, which is no name to ask a proxy for. */
    private void proxied(Values way, String... keys) {
        Values http = way.section("http_config");
        for (String key : keys) {
            var secret = way.secret(key);
            String url = secret == null ? way.text(key) : secret.reveal();
            if (http != null
                    && http.isGiven("proxy_url")
                    && !http.isGiven("no_proxy")
                    && Scalars.hasUnderscoredHost(url)) {
                problems.add(
                        way.where(key),
                        "a proxy cannot be asked for a host with an underscore in its name; name it in no_proxy");
            }
        }
    }

    private void needs(Values values, String key, String globalKey) {
        if (!values.isGiven(key)) {
            problems.add(values.where(key), "is missing; set it here or " + globalKey);
        }
    }

    private void slackComplete(Values slack) {
        boolean token = slack.isGiven("app_token") || slack.isGiven("app_token_file");
        boolean url = slack.isGiven("api_url") || slack.isGiven("api_url_file");
        if (!token && !url) {
            problems.add(
                    slack.where(),
                    "no Slack API URL nor app token; set api_url, api_url_file, app_token or app_token_file here, or"
                            + " slack_api_url or slack_app_token in global");
        }
        var apiUrl = slack.secret("api_url");
        if (slack.flag("update_message")
                && !token
                && !(apiUrl != null && apiUrl.reveal().equals(SlackConfig.POST_MESSAGE))) {
            problems.add(
                    slack.where("update_message"),
                    "a webhook can't change messages; use app_token, or api_url " + SlackConfig.POST_MESSAGE);
        }
    }

    private void global(Values global) {
        for (String key : List.of(
                "smtp_auth_password",
                "smtp_auth_secret",
                "slack_api_url",
                "slack_app_token",
                "opsgenie_api_key",
                "victorops_api_key",
                "telegram_bot_token",
                "rocketchat_token",
                "rocketchat_token_id",
                "wechat_api_secret",
                "mattermost_webhook_url")) {
            notBoth(global, key, key + "_file");
        }
        if ((global.isGiven("slack_app_token") || global.isGiven("slack_app_token_file"))
                && (global.isGiven("slack_api_url") || global.isGiven("slack_api_url_file"))) {
            problems.add(global.where("slack_api_url"), "not together with slack_app_token");
        }
        http(global.section("http_config"));
        tls(global.section("smtp_tls_config"));
    }

    private void email(Values email) {
        if (!email.isGiven("to")) {
            problems.add(email.where(), "missing 'to', the address to write to");
        }
        notBoth(email, "auth_password", "auth_password_file");
        notBoth(email, "auth_secret", "auth_secret_file");
        tls(email.section("tls_config"));
        Set<String> names = new HashSet<>();
        for (String name : email.map("headers").keySet()) {
            if (!names.add(canonical(name))) {
                problems.add(email.where("headers"), "header '" + canonical(name) + "' is there twice");
            } else if (!name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ':')) {
                problems.add(email.where("headers"), "'" + name + "' is not a header's name");
            }
        }
        Values threading = email.section("threading");
        if (threading != null && threading.flag("enabled")) {
            if (!Set.of("none", "daily").contains(threading.text("thread_by_date"))) {
                problems.add(threading.where("thread_by_date"), "must be 'none' or 'daily'");
            }
            for (String taken : List.of("References", "In-Reply-To")) {
                if (names.contains(taken)) {
                    problems.add(email.where("headers"), "header '" + taken + "' is what threading sets");
                }
            }
        }
    }

    /** As Go writes header names: {@code reply-to} becomes {@code Reply-To}. */
    static String canonical(String name) {
        var out = new StringBuilder(name.length());
        boolean start = true;
        for (char c : name.toLowerCase(Locale.ROOT).toCharArray()) {
            out.append(start ? Character.toUpperCase(c) : c);
            start = c == '-';
        }
        return out.toString();
    }

    private void slack(Values slack) {
        http(slack.section("http_config"));
        notBoth(slack, "api_url", "api_url_file");
        notBoth(slack, "app_token", "app_token_file");
        boolean token = slack.isGiven("app_token") || slack.isGiven("app_token_file");
        if (token && (slack.isGiven("api_url") || slack.isGiven("api_url_file"))) {
            problems.add(slack.where("api_url"), "not together with app_token");
        }
        Values http = slack.section("http_config");
        if (token && http != null && http.has("authorization")) {
            problems.add(http.where("authorization"), "not together with app_token, which is one");
        }
        for (Values field : slack.sections("fields")) {
            require(field, "title", "value");
        }
        for (Values action : slack.sections("actions")) {
            require(action, "type", "text");
            if (!action.isGiven("url") && !action.isGiven("name")) {
                problems.add(action.where(), "missing 'name' or 'url'");
            }
            Values confirm = action.section("confirm");
            if (confirm != null) {
                require(confirm, "text");
            }
        }
    }

    private void require(Values values, String... keys) {
        for (String key : keys) {
            if (!values.isGiven(key)) {
                problems.add(values.where(), "missing '" + key + "'");
            }
        }
    }

    private void pagerduty(Values pagerduty) {
        http(pagerduty.section("http_config"));
        notBoth(pagerduty, "routing_key", "routing_key_file");
        notBoth(pagerduty, "service_key", "service_key_file");
        boolean key = List.of("routing_key", "routing_key_file", "service_key", "service_key_file").stream()
                .anyMatch(pagerduty::isGiven);
        if (!key) {
            problems.add(pagerduty.where(), "missing 'routing_key' (or 'service_key', for the older API)");
        }
    }

    private void webhook(Values webhook) {
        http(webhook.section("http_config"));
        if (!webhook.isGiven("url") && !webhook.isGiven("url_file")) {
            problems.add(webhook.where(), "missing 'url' or 'url_file'");
        }
        notBoth(webhook, "url", "url_file");
    }

    private void notBoth(Values values, String key, String other) {
        if (values.isGiven(key) && values.isGiven(other)) {
            problems.add(values.where(other), "at most one of " + key + " and " + other);
        }
    }

    private void http(@Nullable Values http) {
        if (http == null) {
            return;
        }
        tls(http.section("tls_config"));
        notBoth(http, "bearer_token", "bearer_token_file");
        boolean bearer = http.isGiven("bearer_token") || http.isGiven("bearer_token_file");
        List<String> ways = List.of("basic_auth", "authorization", "oauth2").stream()
                .filter(http::has)
                .toList();
        if (ways.size() + (bearer ? 1 : 0) > 1) {
            problems.add(http.where(), "at most one of basic_auth, authorization, oauth2 and bearer_token");
        }
        Values basic = http.section("basic_auth");
        if (basic != null) {
            notBoth(basic, "username", "username_file");
            notBoth(basic, "password", "password_file");
        }
        Values authorization = http.section("authorization");
        if (authorization != null) {
            notBoth(authorization, "credentials", "credentials_file");
            if (authorization.text("type").strip().equalsIgnoreCase("basic")) {
                problems.add(authorization.where("type"), "cannot be 'basic'; use basic_auth");
            }
        }
        Values oauth2 = http.section("oauth2");
        if (oauth2 != null) {
            oauth2(oauth2);
        }
        proxy(http);
    }

    private void oauth2(Values oauth2) {
        require(oauth2, "client_id", "token_url");
        notBoth(oauth2, "client_secret", "client_secret_file");
        if (!oauth2.isGiven("client_secret") && !oauth2.isGiven("client_secret_file")) {
            problems.add(oauth2.where(), "missing 'client_secret' or 'client_secret_file'");
        }
        tls(oauth2.section("tls_config"));
        proxy(oauth2);
    }

    private void proxy(Values values) {
        if (!values.map("proxy_connect_header").isEmpty()) {
            problems.add(
                    values.where("proxy_connect_header"), "is not supported; proxy_url takes a name and a password");
        }
        if (values.flag("proxy_from_environment") && (values.isGiven("proxy_url") || values.isGiven("no_proxy"))) {
            problems.add(values.where("proxy_from_environment"), "not together with proxy_url or no_proxy");
        }
        if (values.isGiven("no_proxy") && !values.isGiven("proxy_url")) {
            problems.add(values.where("no_proxy"), "needs proxy_url");
        }
    }

    private void tls(@Nullable Values tls) {
        if (tls == null) {
            return;
        }
        for (String key : List.of("ca", "cert", "key")) {
            notBoth(tls, key, key + "_file");
        }
        boolean cert = tls.isGiven("cert") || tls.isGiven("cert_file");
        boolean key = tls.isGiven("key") || tls.isGiven("key_file");
        if (cert != key) {
            problems.add(tls.where(), "a client certificate needs both, certificate and key");
        }
        for (String version : List.of("min_version", "max_version")) {
            if (!TLS_VERSIONS.contains(tls.text(version))) {
                problems.add(tls.where(version), "'" + tls.text(version) + "' is none of TLS10, TLS11, TLS12, TLS13");
            }
        }
    }

    /** A copy of what {@code /status} shows has no secrets: it loads, since tools load it, but can't notify. */
    private void masked(Values file) {
        for (Values receiver : file.sections("receivers")) {
            for (Values slack : receiver.sections("slack_configs")) {
                var url = slack.secret("api_url");
                if (url != null && url.reveal().equals(SectionWriter.MASK)) {
                    warnings.add(slack.where("api_url") + ": is " + SectionWriter.MASK + " itself; is this file a copy"
                            + " of what /api/v2/status shows?");
                }
            }
        }
    }
}
