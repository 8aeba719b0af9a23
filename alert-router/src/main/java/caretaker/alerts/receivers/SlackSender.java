package caretaker.alerts.receivers;

import caretaker.alerts.config.SlackConfig;
import caretaker.alerts.routing.Retry.Failure;
import caretaker.alerts.template.Templates;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Tells Slack, by an incoming webhook or as a bot.
 *
 * <p>A bot that updates changes the group's first message; one that replies answers in its thread. If that message is
 * gone or may not be changed or answered any more, it posts anew. Slack has no key against duplicates: a message that
 * is sent again after a crash comes twice, an update not.
 */
final class SlackSender implements Sender {
    /** Names in {@link Outcome.Delivered#remember}. */
    static final String TS = "slack.ts";

    static final String CHANNEL = "slack.channel";

    private static final Set<String> GONE =
            Set.of("message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found");
    private static final Set<String> NO_THREAD = Set.of(
            "message_not_found",
            "thread_not_found",
            "cannot_reply_to_message",
            "restricted_action_thread_locked",
            "channel_not_found");
    /** Slack's own troubles, said with status 200. */
    private static final Set<String> PASSING =
            Set.of("ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable");

    private final SlackConfig config;
    private final Templates templates;
    private final HttpCaller http;
    private final Duration timeout;
    private final boolean replies;

    /** @param replies whether a bot that does not update answers in the thread of the group's first message */
    SlackSender(SlackConfig config, Templates templates, InstantSource clock, boolean replies) {
        this.replies = replies && !config.updateMessage();
        this.config = config;
        this.templates = templates;
        this.http = new HttpCaller(config.http(), clock);
        this.timeout = Call.timeout(config.timeout());
    }

    @Override
    public Outcome send(Notification notification) throws InterruptedException {
        var rendering = new Rendering(templates, new SlackEscapes(config.linkNames()).of(notification.data()));
        ObjectNode message = new SlackMessage(config, rendering, notification.data()).json();
        String target;
        Map<String, String> headers = new LinkedHashMap<>();
        boolean bot = config.appToken().isGiven();
        try {
            target = bot
                    ? config.appUrl()
                    : config.apiUrl().isGiven() ? config.apiUrl().reveal() : config.appUrl();
            if (bot) {
                headers.put("Authorization", "Bearer " + config.appToken().reveal());
            }
        } catch (IOException e) {
            return Outcome.ours("the secret cannot be read: " + e.getMessage());
        }
        String ts = notification.remembered().get(TS);
        String channel = notification.remembered().get(CHANNEL);
        if (bot && (config.updateMessage() || replies) && ts != null && channel != null) {
            ObjectNode later = message.deepCopy();
            later.put("channel", channel).put(replies ? "thread_ts" : "ts", ts);
            String url = replies ? target : target.replaceFirst("chat\\.postMessage$", "chat.update");
            HttpReply reply = http.post(url, Json.bytes(later), HttpCaller.JSON, headers, timeout);
            if (!says(reply, replies ? NO_THREAD : GONE)) {
                return replies ? inThread(outcome(reply, rendering), reply, ts) : outcome(reply, rendering);
            }
        }
        return outcome(http.post(target, Json.bytes(message), HttpCaller.JSON, headers, timeout), rendering);
    }

    private static boolean says(HttpReply reply, Set<String> errors) {
        JsonNode json =
                reply instanceof HttpReply.Answer answer && answer.isSuccess() ? Json.parse(answer.body()) : null;
        return json != null && errors.contains(json.path("error").asText());
    }

    /** The thread stays that of the first message. If that is gone, Slack posts the reply as a message of its own. */
    private static Outcome inThread(Outcome outcome, HttpReply reply, String ts) {
        JsonNode json = reply instanceof HttpReply.Answer answer ? Json.parse(answer.body()) : null;
        boolean isAlone = json != null
                && json.path("message").isObject()
                && !json.path("message").has("thread_ts");
        if (isAlone
                || !(outcome instanceof Outcome.Delivered told)
                || !told.remember().containsKey(TS)) {
            return outcome;
        }
        Map<String, String> remember = new LinkedHashMap<>(told.remember());
        remember.put(TS, ts);
        return new Outcome.Delivered(remember, told.templateError());
    }

    private Outcome outcome(HttpReply reply, Rendering rendering) {
        return switch (reply) {
            case HttpReply.Failed(Failure failure) -> Outcome.failed(failure);
            case HttpReply.Answer answer when !answer.isSuccess() -> Outcome.failed(answer.failure());
            case HttpReply.Answer answer
            when answer.contentType().startsWith(HttpCaller.JSON) -> said(answer, rendering);
            case HttpReply.Answer answer when answer.body().strip().equals("ok") -> Outcome.delivered(rendering);
            case HttpReply.Answer answer -> Outcome.failed(answer.failure());
        };
    }

    private Outcome said(HttpReply.Answer answer, Rendering rendering) {
        JsonNode json = Json.parse(answer.body());
        if (json == null || !json.isObject()) {
            return Outcome.failed(new Failure.Unreachable("Slack's answer cannot be read"));
        }
        if (!json.path("ok").asBoolean(false)) {
            String error = Texts.cut(Texts.oneLine(json.path("error").asText("")), 200);
            return Outcome.failed(
                    PASSING.contains(error)
                            ? new Failure.Answer(429, answer.retryAfter(), "Slack says: " + error)
                            : new Failure.Answer(answer.status(), null, "Slack says: " + error));
        }
        Map<String, String> remember = new LinkedHashMap<>();
        if ((config.updateMessage() || replies)
                && json.path("ts").isTextual()
                && json.path("channel").isTextual()) {
            remember.put(TS, json.path("ts").asText());
            remember.put(CHANNEL, json.path("channel").asText());
        }
        return new Outcome.Delivered(remember, rendering.error());
    }

    @Override
    public void close() {
        http.close();
    }
}
