package caretaker.alerts.receivers;

import caretaker.alerts.config.WebhookConfig;
import caretaker.alerts.template.Templates;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/**
 * Posts Alertmanager's webhook message, version 4, or what {@code payload} says.
 *
 * <p>{@code Idempotency-Key} is the same whenever the same notification is sent again.
 */
final class WebhookSender implements Sender {
    private final WebhookConfig config;
    private final Templates templates;
    private final HttpCaller http;
    private final Duration timeout;

    WebhookSender(WebhookConfig config, Templates templates, InstantSource clock) {
        this.config = config;
        this.templates = templates;
        this.http = new HttpCaller(config.http(), clock);
        this.timeout = Call.timeout(config.timeout());
    }

    @Override
    public Outcome send(Notification notification) throws InterruptedException {
        var payload = WebhookPayload.of(notification, config.maxAlerts());
        var rendering = new Rendering(templates, payload.data());
        String url;
        try {
            url = rendering.text(config.url().reveal());
        } catch (IOException e) {
            return Outcome.ours("the URL cannot be read: " + e.getMessage());
        }
        if (rendering.error() != null) {
            return Outcome.ours("the URL's template failed"); // its text may hold the secret
        }
        JsonNode body = config.payload() == null ? payload.json() : custom(rendering);
        HttpReply reply = http.post(
                url,
                Json.bytes(body),
                HttpCaller.JSON,
                Map.of("Idempotency-Key", notification.idempotencyKey()),
                timeout);
        return switch (reply) {
            case HttpReply.Failed(var failure) -> Outcome.failed(failure);
            case HttpReply.Answer answer when answer.isSuccess() -> Outcome.delivered(rendering);
            case HttpReply.Answer answer -> Outcome.failed(answer.failure());
        };
    }

    /** A text whose template fails is replaced by a plain message, so that the shape stays what the receiver knows. */
    private JsonNode custom(Rendering rendering) {
        return Json.tree(config.payload(), text -> {
            var own = new Rendering(templates, rendering.data());
            String rendered = own.text(text);
            String error = own.error();
            if (error == null) {
                return rendered;
            }
            rendering.text(text); // so that the failure is known
            return Texts.plainText(rendering.data(), error);
        });
    }

    @Override
    public void close() {
        http.close();
    }
}
