package caretaker.alerts.receivers;

import caretaker.alerts.template.TemplateData;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Makes data harmless in Slack's markup, before templates see it.
 *
 * <p>What a label says is text and nothing else. An annotation is written by who writes rules and may hold web links;
 * its {@code <!channel>}, {@code <@user>} and {@code <#room>} are text, since a label may have got into it. What a
 * template itself says is left alone.
 */
final class SlackEscapes {
    /** A link to the web as Slack writes it. RE: linear, nothing nests. */
    private static final Pattern LINK = Pattern.compile("<(https?://[^<>|\\s]+(?:\\|[^<>|]*)?)>");

    private SlackEscapes() {}

    static TemplateData of(TemplateData data) {
        return new TemplateData(
                data.receiver(),
                data.status(),
                data.alerts().stream()
                        .map(alert -> new TemplateData.Alert(
                                alert.status(),
                                each(alert.labels(), SlackEscapes::text),
                                each(alert.annotations(), SlackEscapes::annotation),
                                alert.startsAt(),
                                alert.endsAt(),
                                alert.generatorUrl(),
                                alert.fingerprint()))
                        .toList(),
                each(data.groupLabels(), SlackEscapes::text),
                each(data.commonLabels(), SlackEscapes::text),
                each(data.commonAnnotations(), SlackEscapes::annotation),
                data.externalUrl(),
                data.notificationReason(),
                data.routeLabels());
    }

    static String text(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    static String annotation(String text) {
        var out = new StringBuilder();
        var links = LINK.matcher(text);
        int done = 0;
        while (links.find()) {
            out.append(text(text.substring(done, links.start()))).append('<');
            out.append(text(links.group(1))).append('>');
            done = links.end();
        }
        return out.append(text(text.substring(done))).toString();
    }

    private static Map<String, String> each(Map<String, String> map, UnaryOperator<String> change) {
        Map<String, String> changed = new HashMap<>();
        map.forEach((name, value) -> changed.put(name, change.apply(value)));
        return changed;
    }
}
