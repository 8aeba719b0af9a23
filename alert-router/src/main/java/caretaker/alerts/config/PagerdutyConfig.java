package caretaker.alerts.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * An event for PagerDuty. All texts but the keys and the URL are templates.
 *
 * @param serviceKey of the older API; {@code routingKey} of the newer
 * @param details free YAML whose texts are templates
 * @param timeout of one attempt, zero for none
 */
public record PagerdutyConfig(
        boolean sendResolved,
        HttpConfig http,
        SecretSource serviceKey,
        SecretSource routingKey,
        String url,
        String client,
        String clientUrl,
        String description,
        Map<String, Object> details,
        List<Image> images,
        List<Link> links,
        String source,
        String severity,
        String eventClass,
        String component,
        String group,
        Duration timeout) {

    public record Image(String src, String alt, String href) {}

    public record Link(String href, String text) {}

    static PagerdutyConfig of(Values values) {
        return new PagerdutyConfig(
                values.flag("send_resolved"),
                HttpConfig.of(values.section("http_config")),
                SecretSource.of(values, "service_key", "service_key_file"),
                SecretSource.of(values, "routing_key", "routing_key_file"),
                values.text("url"),
                values.text("client"),
                values.text("client_url"),
                values.text("description"),
                values.map("details"),
                values.sections("images").stream()
                        .map(image -> new Image(image.text("src"), image.text("alt"), image.text("href")))
                        .toList(),
                values.sections("links").stream()
                        .map(link -> new Link(link.text("href"), link.text("text")))
                        .toList(),
                values.text("source"),
                values.text("severity"),
                values.text("class"),
                values.text("component"),
                values.text("group"),
                values.duration("timeout", Duration.ZERO));
    }
}
