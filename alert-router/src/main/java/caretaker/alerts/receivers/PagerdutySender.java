package caretaker.alerts.receivers;

import caretaker.alerts.config.PagerdutyConfig;
import caretaker.alerts.routing.Retry.Failure;
import caretaker.alerts.template.Templates;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Sends events to PagerDuty. {@code dedup_key} is of the group, so the same event sent twice is one incident. */
final class PagerdutySender implements Sender {
    static final int MAX_EVENT = 512_000;
    static final int MAX_SUMMARY = 1024;
    static final String OLD_API = "https://events.pagerduty.com/generic/2010-04-15/create_event.json";

    private static final Set<String> SEVERITIES = Set.of("critical", "error", "warning", "info");
    private static final String NEW_API = "https://events.pagerduty.com/v2/enqueue";
    private static final String TOO_LARGE = "Custom details have been removed because the event was larger than 512 kB";

    private final PagerdutyConfig config;
    private final Templates templates;
    private final HttpCaller http;
    private final Duration timeout;

    PagerdutySender(PagerdutyConfig config, Templates templates, InstantSource clock) {
        this.config = config;
        this.templates = templates;
        this.http = new HttpCaller(config.http(), clock);
        this.timeout = Call.timeout(config.timeout());
    }

    @Override
    public Outcome send(Notification notification) throws InterruptedException {
        var rendering = new Rendering(templates, notification.data());
        boolean old = config.serviceKey().isGiven();
        String key;
        try {
            key = rendering.text((old ? config.serviceKey() : config.routingKey()).reveal());
        } catch (IOException e) {
            return Outcome.ours("the key cannot be read: " + e.getMessage());
        }
        if (rendering.error() != null) {
            return Outcome.ours("the key's template failed"); // its text may hold the secret
        }
        ObjectNode event = old ? oldEvent(notification, rendering, key) : event(notification, rendering, key);
        byte[] body = Json.bytes(event);
        if (body.length > MAX_EVENT) {
            ObjectNode note = Json.object().put("error", TOO_LARGE);
            if (old) {
                event.set("details", note);
            } else {
                event.withObject("payload").set("custom_details", note);
            }
            body = Json.bytes(event);
        }
        if (body.length > MAX_EVENT) {
            return Outcome.ours("the event is larger than 512 kB even without its details");
        }
        String url = old && config.url().equals(NEW_API) ? OLD_API : config.url();
        HttpReply reply = http.post(url, body, HttpCaller.JSON, Map.of(), timeout);
        return switch (reply) {
            case HttpReply.Failed(Failure failure) -> Outcome.failed(failure);
            case HttpReply.Answer answer when answer.isSuccess() -> Outcome.delivered(rendering);
            case HttpReply.Answer answer
            when old && answer.status() == 403 ->
                Outcome.failed(new Failure.Answer(
                        429, answer.retryAfter(), answer.failure().message()));
            case HttpReply.Answer answer -> Outcome.failed(answer.failure());
        };
    }

    private ObjectNode event(Notification notification, Rendering rendering, String key) {
        ObjectNode event = Json.object();
        event.put("routing_key", key);
        event.put("dedup_key", notification.group().keyHash());
        event.put("event_action", notification.isFiring() ? "trigger" : "resolve");
        ObjectNode payload = event.putObject("payload");
        payload.put("summary", summary(rendering));
        payload.put("source", orElse(rendering.text(config.source(), "Caretaker"), "Caretaker"));
        payload.put("severity", severity(rendering));
        payload.set("custom_details", details(rendering));
        put(payload, "class", rendering.text(config.eventClass()));
        put(payload, "component", rendering.text(config.component()));
        put(payload, "group", rendering.text(config.group()));
        event.put("client", rendering.text(config.client()));
        event.put("client_url", rendering.text(config.clientUrl()));
        images(event, rendering);
        links(event, rendering);
        plainIfFailed(payload, "custom_details", rendering);
        return event;
    }

    private ObjectNode oldEvent(Notification notification, Rendering rendering, String key) {
        ObjectNode event = Json.object();
        event.put("service_key", key);
        event.put("incident_key", notification.group().keyHash());
        event.put("event_type", notification.isFiring() ? "trigger" : "resolve");
        event.put("description", summary(rendering));
        event.set("details", details(rendering));
        if (notification.isFiring()) {
            event.put("client", rendering.text(config.client()));
            event.put("client_url", rendering.text(config.clientUrl()));
        }
        plainIfFailed(event, "details", rendering);
        return event;
    }

    private String summary(Rendering rendering) {
        String instead = Texts.plainSubject(rendering.data());
        return Texts.cut(orElse(rendering.text(config.description(), instead), instead), MAX_SUMMARY);
    }

    /** PagerDuty refuses an event with another one, such as a label's; it pages as an error then. */
    private String severity(Rendering rendering) {
        String severity = rendering.text(config.severity(), "error").strip().toLowerCase(Locale.ROOT);
        return SEVERITIES.contains(severity) ? severity : "error";
    }

    private JsonNode details(Rendering rendering) {
        return Json.tree(config.details(), rendering::text);
    }

    private static void plainIfFailed(ObjectNode in, String name, Rendering rendering) {
        String error = rendering.error();
        if (error != null) {
            in.withObject(name).put("error", Texts.plainText(rendering.data(), error));
        }
    }

    private void images(ObjectNode event, Rendering rendering) {
        ArrayNode images = Json.object().arrayNode();
        for (PagerdutyConfig.Image image : config.images()) {
            ObjectNode made = Json.object();
            made.put("src", rendering.text(image.src()));
            made.put("alt", rendering.text(image.alt()));
            made.put("href", rendering.text(image.href()));
            if (!made.path("src").asText().isEmpty()) {
                images.add(made);
            }
        }
        if (!images.isEmpty()) {
            event.set("images", images);
        }
    }

    private void links(ObjectNode event, Rendering rendering) {
        ArrayNode links = Json.object().arrayNode();
        for (PagerdutyConfig.Link link : config.links()) {
            ObjectNode made = Json.object();
            made.put("href", rendering.text(link.href()));
            made.put("text", rendering.text(link.text()));
            if (!made.path("href").asText().isEmpty()) {
                links.add(made);
            }
        }
        if (!links.isEmpty()) {
            event.set("links", links);
        }
    }

    private static String orElse(String text, String other) {
        return text.isEmpty() ? other : text;
    }

    private static void put(ObjectNode json, String name, String value) {
        if (!value.isEmpty()) {
            json.put(name, value);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
