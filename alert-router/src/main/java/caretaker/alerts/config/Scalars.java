package caretaker.alerts.config;

import caretaker.alerts.config.Kind.Scalar;
import caretaker.alerts.routing.LabelMatcher;
import caretaker.alerts.routing.TimeRanges;
import caretaker.chassis.config.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads single values. Each reader throws {@link IllegalArgumentException} with what is wrong and a hint. */
final class Scalars {
    private static final Set<String> YES =
            Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
    private static final Set<String> NO =
            Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
    private static final Pattern COUNT = Pattern.compile("[0-9]{1,18}");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern WEB = Pattern.compile("(?i)([a-z][a-z0-9+.-]*):(?://([^/?#]*))?.*", Pattern.DOTALL);
    private static final Pattern HOST = Pattern.compile("(?:[^@]*@)?[^\\s@%\\\\^`{|}]+", Pattern.DOTALL);
    private static final Pattern UNDERSCORED = Pattern.compile("[A-Za-z0-9.-]*_[A-Za-z0-9._-]*(?::[0-9]{1,5})?");
    private static final Pattern ADDRESS = Pattern.compile("(\\[[^\\[\\]]*]|[^:\\[\\]]*):([^:\\[\\]]+)");

    private Scalars() {}

    static Object read(Scalar kind, String text, boolean plain) {
        return switch (kind) {
            case TEXT -> text;
            case SECRET -> new Secret(text);
            case SECRET_URL -> secretUrl(text);
            case HOOK_URL -> hook(text);
            case URL -> url(text);
            case PROXY_URL -> proxy(text);
            case DURATION -> Durations.prometheus(text);
            case GO_DURATION -> Durations.go(text);
            case FLAG -> flag(text, plain);
            case COUNT -> count(text);
            case ADDRESS -> address(text);
            case REGEX -> regex(text);
            case WEEKDAYS -> TimeRanges.weekdays(text);
            case DAYS_OF_MONTH -> TimeRanges.daysOfMonth(text);
            case MONTHS -> TimeRanges.months(text);
            case YEARS -> TimeRanges.years(text);
            case LOCATION -> {
                TimeRanges.location(text);
                yield text;
            }
        };
    }

    private static Boolean flag(String text, boolean plain) {
        if (plain && YES.contains(text)) {
            return true;
        }
        if (plain && NO.contains(text)) {
            return false;
        }
        String hint = YES.contains(text) || NO.contains(text) ? "; write it without quotes" : "";
        throw new IllegalArgumentException("'" + text + "' is neither true nor false" + hint);
    }

    private static Long count(String text) {
        if (!COUNT.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number from 0 on");
        }
        return Long.parseLong(text);
    }

    private static Secret secretUrl(String text) {
        return text.equals(SectionWriter.MASK) ? new Secret(text) : new Secret(checked(text, false));
    }

    private static Secret hook(String text) {
        boolean known = text.equals(SectionWriter.MASK) || text.isEmpty() || text.contains("{{");
        return new Secret(known ? text : checked(text, false));
    }

    private static String url(String text) {
        return checked(text, true);
    }

    /** The message shows the URL only where it is no secret. */
    private static String checked(String text, boolean shown) {
        String it = shown ? "'" + text + "'" : "it";
        Matcher parts = WEB.matcher(text);
        if (!parts.matches()
                || !(parts.group(1).equalsIgnoreCase("http") || parts.group(1).equalsIgnoreCase("https"))) {
            throw new IllegalArgumentException(it + " should be a URL that starts with http:// or https://");
        }
        String authority = parts.group(2);
        if (authority == null || authority.isEmpty() || authority.endsWith("@")) {
            throw new IllegalArgumentException(it + " is a URL without a host");
        }
        if (!HOST.matcher(authority).matches() || text.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            throw new IllegalArgumentException(it + " is a URL with a character that none may hold");
        }
        if (!text.contains(SectionWriter.MASK)) { // a copy of what /status shows
            callable(it, text, parts.group(1), authority);
        }
        return text;
    }

    /** What loads can be called: nothing is found out when there is something to tell. */
    private static void callable(String it, String text, String scheme, String authority) {
        try {
            boolean known = new URI(text.strip()).getHost() != null;
            if (!known && !isUnderscored(authority)) {
                throw new IllegalArgumentException(
                        it + " is a URL whose host is no name of one; in other scripts it is written xn--…");
            }
            if (!known && scheme.equalsIgnoreCase("https")) {
                throw new IllegalArgumentException(it + " has a host with an underscore in its name, which https"
                        + " cannot check; call it otherwise, or use http");
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(it + " is a URL with a character that must be written as %XX");
        }
    }

    /** Whether the host of a URL has a name with an underscore, as services of compose have. */
    static boolean hasUnderscoredHost(String url) {
        Matcher parts = WEB.matcher(url);
        return parts.matches() && parts.group(2) != null && isUnderscored(parts.group(2));
    }

    private static boolean isUnderscored(String authority) {
        return UNDERSCORED
                .matcher(authority.substring(authority.lastIndexOf('@') + 1))
                .matches();
    }

    private static String proxy(String text) {
        Matcher parts = WEB.matcher(text);
        boolean http = parts.matches() && parts.group(1).equalsIgnoreCase("http") && parts.group(2) != null;
        if (!text.isEmpty() && !http) {
            throw new IllegalArgumentException(
                    "should be a URL such as http://proxy:3128; proxies of other kinds are not supported");
        }
        return text;
    }

    private static String address(String text) {
        Matcher parts = ADDRESS.matcher(text);
        if (!text.isEmpty() && !(parts.matches() && port(parts.group(2)) > 0)) {
            throw new IllegalArgumentException("'" + text + "' should be HOST:PORT, for mail mostly port 25 or 587");
        }
        return text;
    }

    /** The number of a port that is given as one or by the name of mail's; 0 if it is none. */
    static int port(String text) {
        return switch (text) {
            case "smtp" -> 25;
            case "smtps", "submissions" -> 465;
            case "submission" -> 587;
            default -> PORT.matcher(text).matches() && Integer.parseInt(text) < 65_536 ? Integer.parseInt(text) : 0;
        };
    }

    private static String regex(String text) {
        new LabelMatcher(LabelMatcher.Operator.REGEX, "", text);
        return text;
    }

    /** In free YAML, plain words and numbers are what they look like. */
    static Object tree(String text, boolean plain) {
        if (plain && NUMBER.matcher(text).matches()) {
            return Long.parseLong(text);
        }
        if (plain && (text.equals("true") || text.equals("false"))) {
            return text.equals("true");
        }
        return text;
    }
}
