package caretaker.alerts.api;

import caretaker.alerts.routing.LabelMatcher;
import caretaker.alerts.routing.LabelSet;
import caretaker.alerts.routing.Matchers;
import caretaker.alerts.routing.PostedAlert;
import caretaker.alerts.routing.Silence;
import caretaker.alerts.state.AlertView;
import caretaker.alerts.state.GroupView;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON of Alertmanager's API, both ways. */
final class ApiJson {
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private ApiJson() {}

    static JsonArray alerts(Collection<AlertView> views) {
        var all = new JsonArray();
        views.forEach(view -> all.add(alert(view)));
        return all;
    }

    static JsonArray groups(Collection<GroupView> views) {
        var all = new JsonArray();
        for (GroupView view : views) {
            all.add(new JsonObject()
                    .put("alerts", alerts(view.alerts()))
                    .put("labels", labels(view.labels()))
                    .put("receiver", new JsonObject().put("name", view.receiver()))
                    .put("routeLabels", new JsonObject(new TreeMap<>(view.routeLabels()))));
        }
        return all;
    }

    private static JsonObject alert(AlertView view) {
        var alert = view.alert();
        var receivers = new JsonArray();
        view.receivers().forEach(name -> receivers.add(new JsonObject().put("name", name)));
        var inhibitedBy = new JsonArray();
        view.inhibitedBy().forEach(by -> inhibitedBy.add(by.toString()));
        var json = new JsonObject()
                .put("annotations", labels(alert.annotations()))
                .put("endsAt", time(alert.endsAt()))
                .put("fingerprint", alert.fingerprint().toString())
                .put("receivers", receivers)
                .put("startsAt", time(alert.startsAt()))
                .put(
                        "status",
                        new JsonObject()
                                .put("inhibitedBy", inhibitedBy)
                                .put("mutedBy", new JsonArray(view.mutedBy()))
                                .put("silencedBy", new JsonArray(view.silencedBy()))
                                .put("state", view.isActive() ? "active" : "suppressed"))
                .put("updatedAt", time(alert.updatedAt()));
        if (!alert.generatorUrl().isEmpty()) {
            json.put("generatorURL", alert.generatorUrl());
        }
        return json.put("labels", labels(alert.labels()));
    }

    private static JsonObject labels(LabelSet labels) {
        var json = new JsonObject();
        labels.forEach(json::put);
        return json;
    }

    static JsonObject silence(Silence silence, Instant now) {
        var matchers = new JsonArray();
        for (LabelMatcher matcher : silence.matchers().all()) {
            boolean isEqual = switch (matcher.operator()) {
                case EQUAL, REGEX -> true;
                case NOT_EQUAL, NOT_REGEX -> false;
            };
            matchers.add(new JsonObject()
                    .put("isEqual", isEqual)
                    .put("isRegex", matcher.operator().isRegex())
                    .put("name", matcher.name())
                    .put("value", matcher.value()));
        }
        var json = new JsonObject()
                .put("id", silence.id())
                .put(
                        "status",
                        new JsonObject()
                                .put("state", silence.stateAt(now).name().toLowerCase(Locale.ROOT)))
                .put("updatedAt", time(silence.updatedAt()))
                .put("comment", silence.comment())
                .put("createdBy", silence.createdBy())
                .put("endsAt", time(silence.endsAt()))
                .put("matchers", matchers)
                .put("startsAt", time(silence.startsAt()));
        return silence.annotations().isEmpty()
                ? json
                : json.put("annotations", new JsonObject(new TreeMap<>(silence.annotations())));
    }

    static String time(Instant time) {
        return MILLIS.format(time);
    }

    static List<PostedAlert> posted(JsonArray array) throws ApiError {
        List<PostedAlert> alerts = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            if (!(array.getValue(i) instanceof JsonObject json)) {
                throw ApiError.unreadable("alerts", "element " + i + " is no object");
            }
            if (!json.containsKey("labels")) {
                throw ApiError.schema(602, i + ".labels in body is required");
            }
            Object url = json.getValue("generatorURL");
            alerts.add(new PostedAlert(
                    texts(json, "labels"),
                    texts(json, "annotations"),
                    time(json, "startsAt"),
                    time(json, "endsAt"),
                    url instanceof String text ? text : ""));
        }
        return alerts;
    }

    static Silence silence(JsonObject json, Instant now) throws ApiError {
        String comment = required(json, "comment");
        String createdBy = required(json, "createdBy");
        Instant ends = requiredTime(json, "endsAt");
        if (!(json.getValue("matchers") instanceof JsonArray array)) {
            throw ApiError.schema(602, "matchers in body is required");
        }
        Instant starts = requiredTime(json, "startsAt");
        if (array.isEmpty()) {
            throw ApiError.schema(612, "matchers in body should have at least 1 items");
        }
        List<LabelMatcher> matchers = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            if (!(array.getValue(i) instanceof JsonObject matcher)) {
                throw ApiError.unreadable("silence", "matcher " + i + " is no object");
            }
            matchers.add(matcher(matcher, i));
        }
        String id = json.getValue("id") instanceof String text ? text : "";
        return new Silence(
                id, new Matchers(matchers), starts, ends, now, createdBy, comment, texts(json, "annotations"));
    }

    private static LabelMatcher matcher(JsonObject json, int i) throws ApiError {
        if (!(json.getValue("isRegex") instanceof Boolean isRegex)) {
            throw ApiError.schema(602, "matchers." + i + ".isRegex in body is required");
        }
        if (!(json.getValue("name") instanceof String name)) {
            throw ApiError.schema(602, "matchers." + i + ".name in body is required");
        }
        if (!(json.getValue("value") instanceof String value)) {
            throw ApiError.schema(602, "matchers." + i + ".value in body is required");
        }
        boolean isEqual = !Boolean.FALSE.equals(json.getValue("isEqual"));
        try {
            return new LabelMatcher(LabelMatcher.Operator.of(isEqual, isRegex), name, value);
        } catch (RuntimeException e) {
            throw ApiError.text(400, "invalid silence: " + e.getMessage());
        }
    }

    private static String required(JsonObject json, String field) throws ApiError {
        if (json.getValue(field) instanceof String text) {
            return text;
        }
        throw ApiError.schema(602, field + " in body is required");
    }

    private static Instant requiredTime(JsonObject json, String field) throws ApiError {
        Instant time = time(json, field);
        if (time == null) {
            throw ApiError.schema(602, field + " in body is required");
        }
        return time;
    }

    private static @Nullable Instant time(JsonObject json, String field) throws ApiError {
        Object value = json.getValue(field);
        if (value == null || value.equals("")) {
            return null;
        }
        try {
            return OffsetDateTime.parse(String.valueOf(value)).toInstant();
        } catch (DateTimeParseException e) {
            throw ApiError.unreadable(field, "\"" + value + "\" is no RFC 3339 time");
        }
    }

    private static Map<String, String> texts(JsonObject json, String field) throws ApiError {
        Object value = json.getValue(field);
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof JsonObject object)) {
            throw ApiError.unreadable(field, "no object");
        }
        Map<String, String> texts = new TreeMap<>();
        for (Map.Entry<String, Object> entry : object) {
            if (!(entry.getValue() instanceof String text)) {
                throw ApiError.unreadable(field, "the value of \"" + entry.getKey() + "\" is no text");
            }
            texts.put(entry.getKey(), text);
        }
        return texts;
    }

    /** As it is written everywhere, or nothing. */
    static boolean isUuid(String text) {
        try {
            return UUID.fromString(text).toString().equalsIgnoreCase(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
