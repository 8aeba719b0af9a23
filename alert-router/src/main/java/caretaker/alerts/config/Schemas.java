package caretaker.alerts.config;

import static caretaker.alerts.config.Kind.Field.entry;
import static caretaker.alerts.config.Kind.Field.flag;
import static caretaker.alerts.config.Kind.Field.section;
import static caretaker.alerts.config.Kind.Field.sections;
import static caretaker.alerts.config.Kind.Field.text;
import static caretaker.alerts.config.Kind.Field.textMap;
import static caretaker.alerts.config.Kind.Field.texts;

import caretaker.alerts.config.Kind.Field;
import caretaker.alerts.config.Kind.ListOf;
import caretaker.alerts.config.Kind.MapOf;
import caretaker.alerts.config.Kind.MatcherList;
import caretaker.alerts.config.Kind.Scalar;
import caretaker.alerts.config.Kind.Schema;
import caretaker.alerts.routing.RouteRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The keys of the file but for those of receivers, in the order in which Alertmanager writes them. */
final class Schemas {
    static final Schema GLOBAL = Schema.of(
            "global",
            new Field("resolve_timeout", Scalar.DURATION, Duration.ofMinutes(5), true),
            section("http_config", HttpSchemas.HTTP),
            entry("jira_api_url", Scalar.URL),
            text("smtp_from"),
            text("smtp_hello").or("localhost"),
            entry("smtp_smarthost", Scalar.ADDRESS),
            text("smtp_auth_username"),
            entry("smtp_auth_password", Scalar.SECRET),
            text("smtp_auth_password_file"),
            entry("smtp_auth_secret", Scalar.SECRET),
            text("smtp_auth_secret_file"),
            text("smtp_auth_identity"),
            flag("smtp_require_tls", true),
            section("smtp_tls_config", HttpSchemas.TLS),
            flag("smtp_force_implicit_tls"),
            entry("slack_api_url", Scalar.SECRET_URL),
            text("slack_api_url_file"),
            entry("slack_app_token", Scalar.SECRET),
            text("slack_app_token_file"),
            entry("slack_app_url", Scalar.URL),
            entry("pagerduty_url", Scalar.URL).or("https://events.pagerduty.com/v2/enqueue"),
            // Of receivers that are not supported; read, so that the rest of such a file works, and not used.
            entry("opsgenie_api_url", Scalar.URL),
            entry("opsgenie_api_key", Scalar.SECRET),
            text("opsgenie_api_key_file"),
            entry("wechat_api_url", Scalar.URL),
            entry("wechat_api_secret", Scalar.SECRET),
            text("wechat_api_secret_file"),
            text("wechat_api_corp_id"),
            entry("victorops_api_url", Scalar.URL),
            entry("victorops_api_key", Scalar.SECRET),
            text("victorops_api_key_file"),
            entry("telegram_api_url", Scalar.URL),
            entry("telegram_bot_token", Scalar.SECRET),
            text("telegram_bot_token_file"),
            entry("webex_api_url", Scalar.URL),
            entry("rocketchat_api_url", Scalar.URL),
            entry("rocketchat_token", Scalar.SECRET),
            text("rocketchat_token_file"),
            entry("rocketchat_token_id", Scalar.SECRET),
            text("rocketchat_token_id_file"),
            entry("mattermost_webhook_url", Scalar.SECRET_URL),
            text("mattermost_webhook_url_file"));

    static final Schema ROUTE = route(RouteRules.MAX_DEPTH);

    private static final Schema INHIBIT_SOURCE =
            Schema.of("sources", entry("matchers", new MatcherList()), texts("equal"));

    static final Schema INHIBIT_RULE = Schema.of(
            "inhibit_rule",
            text("name"),
            textMap("source_match"),
            entry("source_match_re", new MapOf(Scalar.REGEX)),
            entry("source_matchers", new MatcherList()),
            sections("sources", INHIBIT_SOURCE),
            textMap("target_match"),
            entry("target_match_re", new MapOf(Scalar.REGEX)),
            entry("target_matchers", new MatcherList()),
            texts("equal"));

    private static final Schema TIMES = Schema.of("times", text("start_time"), text("end_time"));

    static final Schema TIME_INTERVAL = Schema.of(
            "time_interval",
            sections("times", TIMES),
            entry("weekdays", new ListOf(Scalar.WEEKDAYS, true)),
            entry("days_of_month", new ListOf(Scalar.DAYS_OF_MONTH, true)),
            entry("months", new ListOf(Scalar.MONTHS, true)),
            entry("years", new ListOf(Scalar.YEARS, true)),
            entry("location", Scalar.LOCATION));

    static final Schema NAMED_INTERVALS = Schema.of(
            "time_intervals",
            new Field("name", Scalar.TEXT, null, true),
            new Field("time_intervals", new ListOf(new Kind.Section(TIME_INTERVAL), false), null, true));

    /** Tracing is read and not used. */
    static final Schema FILE = Schema.of(
            "the file",
            section("global", GLOBAL),
            section("route", ROUTE),
            sections("inhibit_rules", INHIBIT_RULE),
            sections("receivers", ReceiverSchemas.RECEIVER),
            new Field("templates", new ListOf(Scalar.TEXT, false), null, true),
            sections("mute_time_intervals", NAMED_INTERVALS),
            sections("time_intervals", NAMED_INTERVALS),
            entry("tracing", new MapOf(new Kind.Tree())));

    private Schemas() {}

    /** A route holds routes; the schema is as deep as a tree may be. */
    private static Schema route(int depth) {
        List<Field> fields = new ArrayList<>(List.of(
                text("receiver"),
                texts("group_by"),
                textMap("labels"),
                textMap("match"),
                entry("match_re", new MapOf(Scalar.REGEX)),
                entry("matchers", new MatcherList()),
                texts("mute_time_intervals"),
                texts("active_time_intervals"),
                flag("continue", false)));
        if (depth > 0) {
            fields.add(sections("routes", route(depth - 1)));
        }
        fields.add(entry("group_wait", Scalar.DURATION));
        fields.add(entry("group_interval", Scalar.DURATION));
        fields.add(entry("repeat_interval", Scalar.DURATION));
        return Schema.of("route", fields.toArray(new Field[0]));
    }
}
