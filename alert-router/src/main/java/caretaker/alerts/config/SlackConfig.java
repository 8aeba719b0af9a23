package caretaker.alerts.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message for Slack, by an incoming webhook or by a bot's token. All texts but the URLs are templates.
 *
 * @param apiUrl the webhook's URL; not given where a token is
 * @param appToken a bot's token, sent to {@code appUrl}
 * @param updateMessage whether the group's first message is changed instead of sending more
 * @param timeout of one attempt, zero for none
 */
public record SlackConfig(
        boolean sendResolved,
        HttpConfig http,
        SecretSource apiUrl,
        SecretSource appToken,
        String appUrl,
        String channel,
        String username,
        String color,
        Attachment attachment,
        String messageText,
        String iconEmoji,
        String iconUrl,
        boolean linkNames,
        boolean updateMessage,
        Duration timeout) {
    /** Where a bot posts. */
    public static final String POST_MESSAGE = "https://slack.com/api/chat.postMessage";

    /** What Alertmanager puts into the one attachment of a message. */
    public record Attachment(
            String title,
            String titleLink,
            String pretext,
            String text,
            String fallback,
            String callbackId,
            String footer,
            String imageUrl,
            String thumbUrl,
            List<Field> fields,
            List<Action> actions,
            boolean shortFields,
            List<String> mrkdwnIn) {}

    /**
     * A title and a value, beside others where short.
     *
     * @param isShort null means as {@code short_fields} says
     */
    public record Field(
            String title, String value, @Nullable Boolean isShort) {}

    public record Action(
            String type,
            String text,
            String url,
            String style,
            String name,
            String value,
            @Nullable Confirm confirm) {}

    public record Confirm(String text, String title, String okText, String dismissText) {}

    static SlackConfig of(Values values) {
        return new SlackConfig(
                values.flag("send_resolved"),
                HttpConfig.of(values.section("http_config")),
                SecretSource.of(values, "api_url", "api_url_file"),
                SecretSource.of(values, "app_token", "app_token_file"),
                values.text("app_url").isEmpty() ? POST_MESSAGE : values.text("app_url"),
                values.text("channel"),
                values.text("username"),
                values.text("color"),
                attachment(values),
                values.text("message_text"),
                values.text("icon_emoji"),
                values.text("icon_url"),
                values.flag("link_names"),
                values.flag("update_message"),
                values.duration("timeout", Duration.ZERO));
    }

    private static Attachment attachment(Values values) {
        return new Attachment(
                values.text("title"),
                values.text("title_link"),
                values.text("pretext"),
                values.text("text"),
                values.text("fallback"),
                values.text("callback_id"),
                values.text("footer"),
                values.text("image_url"),
                values.text("thumb_url"),
                values.sections("fields").stream()
                        .map(field -> new Field(field.text("title"), field.text("value"), field.flagOrNull("short")))
                        .toList(),
                values.sections("actions").stream().map(SlackConfig::action).toList(),
                values.flag("short_fields"),
                values.texts("mrkdwn_in"));
    }

    /** An action with a URL is a link; what would make it a button of an app is dropped, as Alertmanager does. */
    private static Action action(Values values) {
        boolean link = values.isGiven("url");
        Values confirm = link ? null : values.section("confirm");
        return new Action(
                values.text("type"),
                values.text("text"),
                values.text("url"),
                values.text("style"),
                link ? "" : values.text("name"),
                link ? "" : values.text("value"),
                confirm == null
                        ? null
                        : new Confirm(
                                confirm.text("text"),
                                confirm.text("title"),
                                confirm.text("ok_text"),
                                confirm.text("dismiss_text")));
    }
}
