package caretaker.alerts.config;

import static caretaker.alerts.config.Kind.Field.entry;
import static caretaker.alerts.config.Kind.Field.flag;
import static caretaker.alerts.config.Kind.Field.section;
import static caretaker.alerts.config.Kind.Field.sections;
import static caretaker.alerts.config.Kind.Field.template;
import static caretaker.alerts.config.Kind.Field.text;
import static caretaker.alerts.config.Kind.Field.textMap;
import static caretaker.alerts.config.Kind.Field.texts;

import caretaker.alerts.config.Kind.MapOf;
import caretaker.alerts.config.Kind.Scalar;
import caretaker.alerts.config.Kind.Schema;
import caretaker.alerts.config.Kind.Tree;
import caretaker.alerts.routing.Integration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The keys of receivers, with Alertmanager's defaults. */
final class ReceiverSchemas {
    private static final String ADVICE_SUBJECT = "a mail's subject is a header: headers: {Subject: '...'}";
    private static final String ADVICE_BODY = "a mail's body is 'html' or 'text'";

    private static final Schema THREADING = Schema.of("threading", flag("enabled"), text("thread_by_date"));

    static final Schema EMAIL = Schema.of(
                    "email_config",
                    flag("send_resolved", Integration.Kind.EMAIL.sendResolved()),
                    text("to"),
                    text("from"),
                    text("hello"),
                    entry("smarthost", Scalar.ADDRESS),
                    text("auth_username"),
                    entry("auth_password", Scalar.SECRET),
                    text("auth_password_file"),
                    entry("auth_secret", Scalar.SECRET),
                    text("auth_secret_file"),
                    text("auth_identity"),
                    textMap("headers"),
                    template("html", "{{ template \"email.default.html\" . }}"),
                    text("text"),
                    flag("require_tls"),
                    section("tls_config", HttpSchemas.TLS),
                    flag("force_implicit_tls"),
                    section("threading", THREADING))
            .advising(Map.of(
                    "subject", ADVICE_SUBJECT,
                    "body", ADVICE_BODY,
                    "html_body", ADVICE_BODY,
                    "username", "it is 'auth_username'",
                    "password", "it is 'auth_password' or 'auth_password_file'"));

    private static final Schema IMAGE = Schema.of("images", text("src"), text("alt"), text("href"));
    private static final Schema LINK = Schema.of("links", text("href"), text("text"));

    static final Map<String, Object> PAGERDUTY_DETAILS = new TreeMap<>(Map.of(
            "firing", "{{ template \"pagerduty.default.instances\" .Alerts.Firing }}",
            "resolved", "{{ template \"pagerduty.default.instances\" .Alerts.Resolved }}",
            "num_firing", "{{ .Alerts.Firing | len }}",
            "num_resolved", "{{ .Alerts.Resolved | len }}"));

    static final Schema PAGERDUTY = Schema.of(
            "pagerduty_config",
            flag("send_resolved", Integration.Kind.PAGERDUTY.sendResolved()),
            section("http_config", HttpSchemas.HTTP),
            entry("service_key", Scalar.SECRET),
            text("service_key_file"),
            entry("routing_key", Scalar.SECRET),
            text("routing_key_file"),
            entry("url", Scalar.URL),
            template("client", "{{ template \"pagerduty.default.client\" . }}"),
            template("client_url", "{{ template \"pagerduty.default.clientURL\" . }}"),
            template("description", "{{ template \"pagerduty.default.description\" .}}"),
            entry("details", new MapOf(new Tree())),
            sections("images", IMAGE),
            sections("links", LINK),
            text("source"),
            text("severity"),
            text("class"),
            text("component"),
            text("group"),
            entry("timeout", Scalar.GO_DURATION));

    private static final Schema FIELD = Schema.of("fields", text("title"), text("value"), flag("short"));
    private static final Schema CONFIRM =
            Schema.of("confirm", text("text"), text("title"), text("ok_text"), text("dismiss_text"));
    private static final Schema ACTION = Schema.of(
            "actions",
            text("type"),
            text("text"),
            text("url"),
            text("style"),
            text("name"),
            text("value"),
            section("confirm", CONFIRM));

    static final Schema SLACK = Schema.of(
            "slack_config",
            flag("send_resolved", Integration.Kind.SLACK.sendResolved()),
            section("http_config", HttpSchemas.HTTP),
            entry("api_url", Scalar.SECRET_URL),
            text("api_url_file"),
            entry("app_token", Scalar.SECRET),
            text("app_token_file"),
            entry("app_url", Scalar.URL),
            text("channel"),
            template("username", "{{ template \"slack.default.username\" . }}"),
            template("color", "{{ if eq .Status \"firing\" }}danger{{ else }}good{{ end }}"),
            template("title", "{{ template \"slack.default.title\" . }}"),
            template("title_link", "{{ template \"slack.default.titlelink\" . }}"),
            template("pretext", "{{ template \"slack.default.pretext\" . }}"),
            template("text", "{{ template \"slack.default.text\" . }}"),
            text("message_text"),
            sections("fields", FIELD),
            flag("short_fields", false),
            template("footer", "{{ template \"slack.default.footer\" . }}"),
            template("fallback", "{{ template \"slack.default.fallback\" . }}"),
            template("callback_id", "{{ template \"slack.default.callbackid\" . }}"),
            template("icon_emoji", "{{ template \"slack.default.iconemoji\" . }}"),
            template("icon_url", "{{ template \"slack.default.iconurl\" . }}"),
            text("image_url"),
            text("thumb_url"),
            flag("link_names", false),
            texts("mrkdwn_in"),
            sections("actions", ACTION),
            flag("update_message"),
            entry("timeout", Scalar.GO_DURATION));

    static final Schema WEBHOOK = Schema.of(
            "webhook_config",
            flag("send_resolved", Integration.Kind.WEBHOOK.sendResolved()),
            section("http_config", HttpSchemas.HTTP),
            entry("url", Scalar.HOOK_URL),
            text("url_file"),
            new Kind.Field("max_alerts", Scalar.COUNT, 0L, true),
            entry("timeout", Scalar.GO_DURATION),
            entry("payload", new Tree()));

    /** What Alertmanager sends to and we don't. */
    private static final Set<String> OTHER_KINDS = Stream.of(
                    "discord",
                    "incidentio",
                    "jira",
                    "mattermost",
                    "msteams",
                    "msteamsv2",
                    "opsgenie",
                    "pushover",
                    "rocketchat",
                    "sns",
                    "telegram",
                    "victorops",
                    "webex",
                    "wechat")
            .map(kind -> kind + "_configs")
            .collect(Collectors.toUnmodifiableSet());

    static final Schema RECEIVER = Schema.of(
                    "receiver",
                    new Kind.Field("name", Scalar.TEXT, null, true),
                    textMap("labels"),
                    sections("email_configs", EMAIL),
                    sections("pagerduty_configs", PAGERDUTY),
                    sections("slack_configs", SLACK),
                    sections("webhook_configs", WEBHOOK))
            .unsupported(
                    OTHER_KINDS,
                    "this kind of receiver is not supported; there are email_configs, pagerduty_configs, slack_configs"
                            + " and webhook_configs. Chat services mostly take a webhook");

    private ReceiverSchemas() {}
}
