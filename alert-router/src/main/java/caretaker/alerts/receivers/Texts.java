package caretaker.alerts.receivers;

import caretaker.alerts.template.TemplateData;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Texts that are made without templates. */
final class Texts {
    private static final int MAX_ALERTS = 50;
    private static final int MAX_LINE = 1000;

    private Texts() {}

    /** At most that many characters, the last one an ellipsis if something was left out. */
    static String cut(String text, int characters) {
        return text.codePointCount(0, text.length()) <= characters
                ? text
                : text.substring(0, text.offsetByCodePoints(0, characters - 1)) + "…";
    }

    /** On one line: no line breaks, tabs or other control characters. */
    static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
    }

    static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** A subject for when the template for it fails: {@code [FIRING:2] GpuHot n1}. */
    static String plainSubject(TemplateData data) {
        long firing = data.alerts().stream()
                .filter(alert -> alert.status().equals("firing"))
                .count();
        String status = data.status().toUpperCase(Locale.ROOT) + (firing > 0 ? ":" + firing : "");
        return cut(oneLine("[" + status + "] " + String.join(" ", new TreeMap<>(data.groupLabels()).values())), 200);
    }

    /** A message that says that a template failed, and what it was to be about. */
    static String plainText(TemplateData data, String error) {
        var text = new StringBuilder("This is a plain message, because a template of the receiver failed: ")
                .append(error)
                .append("\n");
        int shown = 0;
        for (TemplateData.Alert alert : data.alerts()) {
            if (shown == MAX_ALERTS) {
                text.append("\nand ").append(data.alerts().size() - shown).append(" more alerts");
                break;
            }
            shown++;
            text.append('\n').append(alert.status()).append(' ').append(pairs(alert.labels()));
            if (!alert.annotations().isEmpty()) {
                text.append("\n  ").append(pairs(alert.annotations()));
            }
        }
        return text.toString();
    }

    private static String pairs(Map<String, String> map) {
        var text = new StringBuilder();
        new TreeMap<>(map)
                .forEach((name, value) -> text.append(text.isEmpty() ? "" : ", ")
                        .append(name)
                        .append('=')
                        .append(value));
        return cut(oneLine(text.toString()), MAX_LINE);
    }
}
