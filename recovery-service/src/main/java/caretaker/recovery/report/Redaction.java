package caretaker.recovery.report;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Takes out of texts what nobody but its owner may read. What is doubtful goes. */
public final class Redaction {
    /** What stands where a secret was. */
    public static final String GONE = "[redacted]";

    private static final Pattern NAMED = Pattern.compile("(?i)((?:[a-z0-9_.-]*)"
            + "(?:password|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)[a-z0-9_.-]*"
            + "[\"']?\\s*[:=]\\s*)(\"[^\"]*\"|'[^']*'|[^\\s,;&]+)");
    private static final Pattern AUTHORIZATION = Pattern.compile("(?i)((?:bearer|basic)\\s+)[A-Za-z0-9+/=._~-]{4,}");
    private static final Pattern IN_A_URL = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*://)[^\\s/@]*@");
    private static final Pattern KEY_BLOCK =
            Pattern.compile("(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)");

    private Redaction() {}

    /** An environment as the engine shows it, {@code NAME=value}: the names stay, every value goes (R-80). */
    public static Map<String, String> environment(List<String> variables) {
        Map<String, String> kept = new TreeMap<>();
        for (String variable : variables) {
            int equals = variable.indexOf('=');
            kept.put(equals < 0 ? variable : variable.substring(0, equals), GONE);
        }
        return kept;
    }

    /** A line of a log, a setting, a message. */
    public static String text(String text) {
        String plain = KEY_BLOCK.matcher(text).replaceAll(GONE);
        plain = IN_A_URL.matcher(plain).replaceAll("$1" + GONE + "@");
        plain = AUTHORIZATION.matcher(plain).replaceAll("$1" + GONE);
        return NAMED.matcher(plain).replaceAll("$1" + GONE);
    }
}
