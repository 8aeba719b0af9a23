package caretaker.alerts.receivers;

import caretaker.alerts.config.SlackConfig;
import caretaker.alerts.template.TemplateData;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Alertmanager's message for Slack: one attachment. */
final class SlackMessage {
    /** Slack refuses longer titles. */
    static final int MAX_TITLE = 1024;

    /** Slack cuts or refuses longer ones. */
    static final int MAX_TEXT = 40_000;

    static final int MAX_FOOTER = 300;

    private static final List<String> MARKUP = List.of("fallback", "pretext", "text");

    private final SlackConfig config;
    private final Rendering rendering;
    private final TemplateData plain;
    private final SlackEscapes escapes;

    /**
     * A message to be made.
     *
     * @param rendering with escaped data
     * @param plain the data without escapes, for URLs
     */
    SlackMessage(SlackConfig config, Rendering rendering, TemplateData plain) {
        this.config = config;
        this.rendering = rendering;
        this.plain = plain;
        this.escapes = new SlackEscapes(config.linkNames());
    }

    ObjectNode json() {
        ObjectNode json = Json.object();
        put(json, "channel", rendering.text(config.channel()));
        put(json, "username", rendering.text(config.username()));
        put(json, "icon_emoji", rendering.text(config.iconEmoji()));
        put(json, "icon_url", url(config.iconUrl()));
        if (config.linkNames()) {
            json.put("link_names", true);
        }
        put(json, "text", text(config.messageText(), ""));
        json.putArray("attachments").add(attachment());
        return json;
    }

    private ObjectNode attachment() {
        SlackConfig.Attachment from = config.attachment();
        ObjectNode json = Json.object();
        String subject = escapes.text(Texts.plainSubject(plain));
        put(json, "title", Texts.cut(rendering.text(from.title(), subject), MAX_TITLE));
        put(json, "title_link", url(from.titleLink()));
        put(json, "pretext", text(from.pretext(), ""));
        json.put("text", text(from.text(), ""));
        json.put("fallback", text(from.fallback(), subject));
        json.put("callback_id", rendering.text(from.callbackId()));
        fields(json, from);
        actions(json, from);
        put(json, "image_url", url(from.imageUrl()));
        put(json, "thumb_url", url(from.thumbUrl()));
        json.put("footer", Texts.cut(rendering.text(from.footer()), MAX_FOOTER));
        put(
                json,
                "color",
                rendering.text(config.color(), rendering.data().status().equals("firing") ? "danger" : "good"));
        ArrayNode markup = json.putArray("mrkdwn_in");
        (from.mrkdwnIn().isEmpty() ? MARKUP : from.mrkdwnIn()).forEach(markup::add);
        String error = rendering.error();
        if (error != null) {
            json.put("text", Texts.cut(escapes.text(Texts.plainText(plain, error)), MAX_TEXT));
        }
        return json;
    }

    private void fields(ObjectNode json, SlackConfig.Attachment from) {
        if (from.fields().isEmpty()) {
            return;
        }
        ArrayNode fields = json.putArray("fields");
        for (SlackConfig.Field field : from.fields()) {
            Boolean isShort = field.isShort();
            ObjectNode made = fields.addObject();
            put(made, "title", rendering.text(field.title()));
            put(made, "value", text(field.value(), ""));
            made.put("short", isShort == null ? from.shortFields() : isShort);
        }
    }

    private void actions(ObjectNode json, SlackConfig.Attachment from) {
        if (from.actions().isEmpty()) {
            return;
        }
        ArrayNode actions = json.putArray("actions");
        for (SlackConfig.Action action : from.actions()) {
            ObjectNode made = actions.addObject();
            put(made, "type", rendering.text(action.type()));
            put(made, "text", rendering.text(action.text()));
            put(made, "url", url(action.url()));
            put(made, "style", rendering.text(action.style()));
            put(made, "name", rendering.text(action.name()));
            put(made, "value", rendering.text(action.value()));
            SlackConfig.Confirm confirm = action.confirm();
            if (confirm != null) {
                ObjectNode asked = made.putObject("confirm");
                put(asked, "title", rendering.text(confirm.title()));
                put(asked, "text", rendering.text(confirm.text()));
                put(asked, "ok_text", rendering.text(confirm.okText()));
                put(asked, "dismiss_text", rendering.text(confirm.dismissText()));
            }
        }
    }

    private String text(String template, String instead) {
        return Texts.cut(rendering.text(template, instead), MAX_TEXT);
    }

    private String url(String template) {
        return rendering.text(template, "", plain);
    }

    private static void put(ObjectNode json, String name, String value) {
        if (!value.isEmpty()) {
            json.put(name, value);
        }
    }
}
