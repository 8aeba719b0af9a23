package caretaker.alerts.receivers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What Slack and PagerDuty document of the messages that they take: names, types, what must be there, how long and how
 * many. Every message that a test sends to {@link Fake} under their paths is held against it.
 */
final class Strict {
    /** No limit is documented. */
    private static final int ANY = Integer.MAX_VALUE;

    /**
     * What may be under a name.
     *
     * @param most characters of a text, entries of a list
     * @param oneOf nothing for any text
     */
    private record Field(JsonNodeType type, boolean needed, int most, Set<String> oneOf) {}

    // The messages of Slack: its reference of messages and of secondary attachments; titles as Alertmanager cuts them.
    private static final Map<String, Field> MESSAGE = Map.ofEntries(
            text("channel", ANY),
            text("username", ANY),
            text("icon_emoji", ANY),
            text("icon_url", ANY),
            of("link_names", JsonNodeType.BOOLEAN, false, 0),
            text("text", 40_000),
            of("attachments", JsonNodeType.ARRAY, true, 100),
            text("ts", ANY),
            text("thread_ts", ANY));

    private static final Map<String, Field> ATTACHMENT = Map.ofEntries(
            text("title", 1024),
            text("title_link", ANY),
            text("pretext", 40_000),
            text("text", 40_000),
            needed("fallback", 40_000),
            text("callback_id", ANY),
            text("footer", 300),
            text("color", ANY),
            text("image_url", ANY),
            text("thumb_url", ANY),
            of("fields", JsonNodeType.ARRAY, false, ANY),
            of("actions", JsonNodeType.ARRAY, false, 5),
            of("mrkdwn_in", JsonNodeType.ARRAY, false, ANY));

    private static final Map<String, Field> FIELD =
            Map.ofEntries(text("title", ANY), text("value", 40_000), of("short", JsonNodeType.BOOLEAN, false, 0));

    private static final Map<String, Field> ACTION = Map.ofEntries(
            oneOf("type", "button", "select"),
            needed("text", ANY),
            text("url", ANY),
            Map.entry("style", new Field(JsonNodeType.STRING, false, ANY, Set.of("default", "primary", "danger"))),
            text("name", ANY),
            text("value", ANY),
            of("confirm", JsonNodeType.OBJECT, false, 0));

    // PagerDuty's events, version 2, and the older ones.
    private static final Map<String, Field> EVENT = Map.ofEntries(
            needed("routing_key", ANY),
            needed("dedup_key", 255),
            oneOf("event_action", "trigger", "acknowledge", "resolve"),
            of("payload", JsonNodeType.OBJECT, true, 0),
            text("client", ANY),
            text("client_url", ANY),
            of("images", JsonNodeType.ARRAY, false, ANY),
            of("links", JsonNodeType.ARRAY, false, ANY));

    private static final Map<String, Field> PAYLOAD = Map.ofEntries(
            needed("summary", 1024),
            needed("source", ANY),
            oneOf("severity", "critical", "error", "warning", "info"),
            of("custom_details", JsonNodeType.OBJECT, false, 0),
            text("class", ANY),
            text("component", ANY),
            text("group", ANY));

    private static final Map<String, Field> IMAGE =
            Map.ofEntries(needed("src", ANY), text("alt", ANY), text("href", ANY));
    private static final Map<String, Field> LINK = Map.ofEntries(needed("href", ANY), text("text", ANY));

    private static final Map<String, Field> OLD_EVENT = Map.ofEntries(
            needed("service_key", ANY),
            needed("incident_key", 255),
            oneOf("event_type", "trigger", "acknowledge", "resolve"),
            needed("description", 1024),
            of("details", JsonNodeType.OBJECT, false, 0),
            text("client", ANY),
            text("client_url", ANY));

    private final List<String> wrong = new ArrayList<>();

    private Strict() {}

    private static Map.Entry<String, Field> of(String name, JsonNodeType type, boolean needed, int most) {
        return Map.entry(name, new Field(type, needed, most, Set.of()));
    }

    private static Map.Entry<String, Field> text(String name, int most) {
        return of(name, JsonNodeType.STRING, false, most);
    }

    private static Map.Entry<String, Field> needed(String name, int most) {
        return of(name, JsonNodeType.STRING, true, most);
    }

    private static Map.Entry<String, Field> oneOf(String name, String... values) {
        return Map.entry(name, new Field(JsonNodeType.STRING, true, ANY, Set.of(values)));
    }

    /** What is wrong with a message to a path; nothing for paths of nobody. */
    static List<String> problems(String path, String body) {
        var strict = new Strict();
        JsonNode parsed = Json.parse(body);
        JsonNode json = parsed == null ? Json.object().nullNode() : parsed;
        if (path.startsWith("/services/") || path.startsWith("/api/chat.")) {
            strict.slack(path, json);
        } else if (path.equals("/v2/enqueue")) {
            strict.pagerduty(json, body);
        } else if (path.equals("/generic")) {
            strict.object("event", json, OLD_EVENT);
        }
        return strict.wrong;
    }

    private void slack(String path, JsonNode json) {
        object("message", json, MESSAGE);
        boolean update = path.endsWith("chat.update");
        if (path.startsWith("/api/") && (!json.has("channel") || update != json.has("ts"))) {
            wrong.add("channel is needed, and ts for an update alone");
        }
        if (json.has("thread_ts")
                && (update
                        || !path.startsWith("/api/")
                        || !json.path("thread_ts").asText().matches("\\d+\\.\\d+"))) {
            wrong.add("thread_ts is the time of a message, for a bot that posts");
        }
        for (JsonNode attachment : json.path("attachments")) {
            object("attachment", attachment, ATTACHMENT);
            String color = attachment.path("color").asText("good");
            if (!color.matches("good|warning|danger|#?[0-9A-Fa-f]{6}")) {
                wrong.add("color is " + color);
            }
            attachment.path("fields").forEach(field -> object("field", field, FIELD));
            attachment.path("actions").forEach(action -> object("action", action, ACTION));
        }
    }

    private void pagerduty(JsonNode json, String body) {
        object("event", json, EVENT);
        object("payload", json.path("payload"), PAYLOAD);
        json.path("images").forEach(image -> object("image", image, IMAGE));
        json.path("links").forEach(link -> object("link", link, LINK));
        if (body.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 512_000) {
            wrong.add("the event is larger than 512 kB");
        }
    }

    private void object(String name, JsonNode json, Map<String, Field> fields) {
        if (!json.isObject()) {
            wrong.add(name + " is no object");
            return;
        }
        json.properties().forEach(entry -> {
            Field field = fields.get(entry.getKey());
            if (field == null) {
                wrong.add(name + "." + entry.getKey() + " is unknown");
            } else {
                value(name + "." + entry.getKey(), entry.getValue(), field);
            }
        });
        fields.forEach((key, field) -> {
            if (field.needed() && !json.has(key)) {
                wrong.add(name + "." + key + " is missing");
            }
        });
    }

    private void value(String name, JsonNode value, Field field) {
        String text = value.asText();
        if (value.getNodeType() != field.type()) {
            wrong.add(name + " is " + value.getNodeType());
        } else if (field.type() == JsonNodeType.ARRAY && value.size() > field.most()) {
            wrong.add(name + " has " + value.size() + " entries");
        } else if (field.type() == JsonNodeType.STRING) {
            if (text.codePointCount(0, text.length()) > field.most()) {
                wrong.add(name + " has more than " + field.most() + " characters");
            }
            boolean missing = field.needed() && text.isEmpty();
            boolean other = !field.oneOf().isEmpty() && !field.oneOf().contains(text);
            if (missing || other) {
                wrong.add(name + " is '" + text + "'");
            }
        }
    }
}
