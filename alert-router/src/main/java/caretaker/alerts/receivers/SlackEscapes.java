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
 *
 * @param linkNames whether Slack is asked to make calls of {@code @channel} and names in plain text
 */
record SlackEscapes(boolean linkNames) {
    /** A link to the web as Slack writes it. RE: linear, nothing nests. */
    private static final Pattern LINK = Pattern.compile("<(https?://[^<>|\\s]+(?:\\|[^<>|]*)?)>");

    /** An at sign before a name; what follows it is kept apart by a character without width. */
    private static final Pattern CALL = Pattern.compile("@(?=[\\p{L}\\p{N}_-])");

    private static final String WORD_JOINER = "\u2060";

    TemplateData of(TemplateData data) {
        return new TemplateData(
                data.receiver(),
                data.status(),
                data.alerts().stream()
                        .map(alert -> new TemplateData.Alert(
                                alert.status(),
                                each(alert.labels(), this::text),
                                each(alert.annotations(), this::annotation),
                                alert.startsAt(),
                                alert.endsAt(),
                                url(alert.generatorUrl()),
                                alert.fingerprint()))
                        .toList(),
                each(data.groupLabels(), this::text),
                each(data.commonLabels(), this::text),
                each(data.commonAnnotations(), this::annotation),
                data.externalUrl(),
                data.notificationReason(),
                data.routeLabels());
    }

    String text(String text) {
        String plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return linkNames ? CALL.matcher(plain).replaceAll("@" + WORD_JOINER) : plain;
    }

    /** Who posts an alert names its URL, which templates put into links. */
    private String url(String url) {
        String inLink = url.replace("<", "%3C").replace(">", "%3E").replace("|", "%7C");
        return linkNames ? inLink.replace("@", "%40") : inLink;
    }

    String annotation(String text) {
        var out = new StringBuilder();
        var links = LINK.matcher(text);
        int done = 0;
        while (links.find()) {
            out.append(text(text.substring(done, links.start()))).append('<');
            out.append(link(links.group(1))).append('>');
            done = links.end();
        }
        return out.append(text(text.substring(done))).toString();
    }

    /** Only what it shows may be taken for a call. */
    private String link(String link) {
        int bar = link.indexOf('|');
        String url = bar < 0 ? link : link.substring(0, bar);
        return url.replace("&", "&amp;") + (bar < 0 ? "" : "|" + text(link.substring(bar + 1)));
    }

    private Map<String, String> each(Map<String, String> map, UnaryOperator<String> change) {
        Map<String, String> changed = new HashMap<>();
        map.forEach((name, value) -> changed.put(text(name), change.apply(value)));
        return changed;
    }
}
