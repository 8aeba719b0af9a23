package caretaker.alerts.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A POST with the alerts as JSON.
 *
 * @param url may hold templates
 * @param maxAlerts more are left out and counted in the message; 0 for no limit
 * @param timeout of one attempt, zero for none
 * @param payload free YAML whose texts are templates, sent instead of Alertmanager's message
 */
public record WebhookConfig(
        boolean sendResolved,
        HttpConfig http,
        SecretSource url,
        long maxAlerts,
        Duration timeout,
        @Nullable Object payload) {

    static WebhookConfig of(Values values) {
        return new WebhookConfig(
                values.flag("send_resolved"),
                HttpConfig.of(values.section("http_config")),
                SecretSource.of(values, "url", "url_file"),
                values.count("max_alerts"),
                values.duration("timeout", Duration.ZERO),
                values.get("payload"));
    }
}
