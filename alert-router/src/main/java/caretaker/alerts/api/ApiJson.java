package caretaker.alerts.api;

import caretaker.alerts.config.Receiver;
import caretaker.alerts.routing.Fingerprint;
import caretaker.alerts.routing.LabelMatcher;
import caretaker.alerts.routing.LabelSet;
import caretaker.alerts.routing.Silence;
import caretaker.alerts.state.AlertView;
import caretaker.alerts.state.GroupView;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes the JSON of Alertmanager's API, field by field in its order. */
final class ApiJson implements AutoCloseable {
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET) // what is not whole must not look so
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private final JsonGenerator json;

    ApiJson(OutputStream out) throws IOException {
        json = JSON.createGenerator(out);
    }

    void beginArray() throws IOException {
        json.writeStartArray();
    }

    void endArray() throws IOException {
        json.writeEndArray();
    }

    /** All but the alerts, which come next. */
    void beginGroup() throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("alerts");
    }

    void endGroup(GroupView group) throws IOException {
        json.writeEndArray();
        labels("labels", group.labels());
        json.writeObjectFieldStart("receiver");
        json.writeStringField("name", group.receiver());
        json.writeEndObject();
        texts("routeLabels", group.routeLabels());
        json.writeEndObject();
    }

    void alert(AlertView view) throws IOException {
        var alert = view.alert();
        json.writeStartObject();
        labels("annotations", alert.annotations());
        json.writeStringField("endsAt", ApiTime.format(alert.endsAt()));
        json.writeStringField("fingerprint", alert.fingerprint().toString());
        json.writeArrayFieldStart("receivers");
        for (String name : view.receivers()) {
            json.writeStartObject();
            json.writeStringField("name", name);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringField("startsAt", ApiTime.format(alert.startsAt()));
        json.writeObjectFieldStart("status");
        json.writeArrayFieldStart("inhibitedBy");
        for (Fingerprint by : view.inhibitedBy()) {
            json.writeString(by.toString());
        }
        json.writeEndArray();
        texts("mutedBy", view.mutedBy());
        texts("silencedBy", view.silencedBy());
        json.writeStringField("state", view.isActive() ? "active" : "suppressed");
        json.writeEndObject();
        json.writeStringField("updatedAt", ApiTime.format(alert.updatedAt()));
        if (!alert.generatorUrl().isEmpty()) {
            json.writeStringField("generatorURL", alert.generatorUrl());
        }
        labels("labels", alert.labels());
        json.writeEndObject();
    }

    void silence(Silence silence, Instant now) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", silence.id());
        json.writeObjectFieldStart("status");
        json.writeStringField("state", silence.stateAt(now).name().toLowerCase(Locale.ROOT));
        json.writeEndObject();
        json.writeStringField("updatedAt", ApiTime.format(silence.updatedAt()));
        if (!silence.annotations().isEmpty()) {
            texts("annotations", silence.annotations());
        }
        json.writeStringField("comment", silence.comment());
        json.writeStringField("createdBy", silence.createdBy());
        json.writeStringField("endsAt", ApiTime.format(silence.endsAt()));
        json.writeArrayFieldStart("matchers");
        for (LabelMatcher matcher : silence.matchers().all()) {
            boolean isEqual = switch (matcher.operator()) {
                case EQUAL, REGEX -> true;
                case NOT_EQUAL, NOT_REGEX -> false;
            };
            json.writeStartObject();
            json.writeBooleanField("isEqual", isEqual);
            json.writeBooleanField("isRegex", matcher.operator().isRegex());
            json.writeStringField("name", matcher.name());
            json.writeStringField("value", matcher.value());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringField("startsAt", ApiTime.format(silence.startsAt()));
        json.writeEndObject();
    }

    void receiver(Receiver receiver) throws IOException {
        json.writeStartObject();
        if (!receiver.labels().isEmpty()) {
            texts("labels", receiver.labels());
        }
        json.writeStringField("name", receiver.name());
        json.writeEndObject();
    }

    private void labels(String field, LabelSet labels) throws IOException {
        json.writeObjectFieldStart(field);
        try {
            labels.forEach((name, value) -> {
                try {
                    json.writeStringField(name, value);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        json.writeEndObject();
    }

    private void texts(String field, Map<String, String> texts) throws IOException {
        json.writeObjectFieldStart(field);
        for (Map.Entry<String, String> entry : new TreeMap<>(texts).entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    private void texts(String field, Collection<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    /** Passes on what it still holds; the stream stays open. */
    @Override
    public void close() throws IOException {
        json.close();
    }
}
