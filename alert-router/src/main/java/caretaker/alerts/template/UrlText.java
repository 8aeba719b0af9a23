package caretaker.alerts.template;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Texts made fit for URLs. */
final class UrlText {
    private static final List<String> SAFE_SCHEMES = List.of("http", "https", "mailto");
    private static final String RESERVED = "!#$&*+,/:;=?@[]";

    private UrlText() {}

    /** Relative, http, https or mailto: nothing that runs. */
    static boolean isSafe(String url) {
        int colon = url.indexOf(':');
        if (colon < 0 || url.substring(0, colon).indexOf('/') >= 0) {
            return true;
        }
        return SAFE_SCHEMES.contains(url.substring(0, colon).toLowerCase(Locale.ROOT));
    }

    /** Percent-encodes; {@code whole} leaves what a whole URL may have, its escapes among it. */
    static String encode(Run run, String text, boolean whole) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        BoundedText out = run.text();
        for (int i = 0; i < bytes.length; i++) {
            char c = (char) (bytes[i] & 0xff);
            boolean plain = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "-._~".indexOf(c) >= 0;
            boolean escape = c == '%' && i + 2 < bytes.length && isHex(bytes[i + 1]) && isHex(bytes[i + 2]);
            if (plain || (whole && (RESERVED.indexOf(c) >= 0 || escape))) {
                out.append(c);
            } else {
                out.append(String.format("%%%02x", (int) c));
            }
        }
        return out.toString();
    }

    /** A list of images, each a URL and what it is for. */
    static String imageSet(Run run, String text) {
        BoundedText out = run.text();
        int at = 0;
        while (true) {
            int comma = text.indexOf(',', at);
            image(run, out, text.substring(at, comma < 0 ? text.length() : comma));
            if (comma < 0) {
                return out.toString();
            }
            out.append(',');
            at = comma + 1;
        }
    }

    private static void image(Run run, BoundedText out, String image) {
        int start = HtmlMarkup.skipSpace(image, 0);
        int end = HtmlMarkup.firstOf(image, " \t\n\f\r", start);
        int to = end < 0 ? image.length() : end;
        String url = image.substring(start, to);
        boolean plainRest = image.substring(to)
                .chars()
                .allMatch(c -> " \t\n\f\r".indexOf(c) >= 0 || (Character.isLetterOrDigit(c) && c < 0x80));
        if (isSafe(url) && plainRest) {
            out.append(image, 0, start).append(encode(run, url, true)).append(image, to, image.length());
        } else {
            out.append("#" + Escaper.REFUSAL);
        }
    }

    private static boolean isHex(byte b) {
        return Character.digit(b, 16) >= 0;
    }
}
