package caretaker.alerts.template;

import static caretaker.alerts.template.GoFunction.Parameter.ANY;
import static caretaker.alerts.template.GoFunction.Parameter.ANYTHINGS;
import static caretaker.alerts.template.GoFunction.Parameter.STRING;
import static caretaker.alerts.template.GoFunction.Parameter.STRINGS;
import static caretaker.alerts.template.GoFunction.Parameter.TIME;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The functions that Alertmanager adds to Go's. */
final class AlertFunctions {
    private static final String SMALL_UNITS = "munpfazy";

    private AlertFunctions() {}

    static List<GoFunction> all() {
        List<GoFunction> all = new ArrayList<>(texts());
        all.addAll(times());
        all.addAll(collections());
        return all;
    }

    private static List<GoFunction> texts() {
        return List.of(
                GoFunction.of("toUpper", (_, a) -> GoStrings.upper((String) a[0]), STRING),
                GoFunction.of("toLower", (_, a) -> GoStrings.lower((String) a[0]), STRING),
                GoFunction.of("title", (_, a) -> TitleCase.of((String) a[0]), STRING),
                GoFunction.of("trimSpace", (_, a) -> ((String) a[0]).strip(), STRING),
                GoFunction.of("join", (run, a) -> join(run, (String) a[0], (GoList) a[1]), STRING, STRINGS),
                GoFunction.of("match", (run, a) -> Regexes.find(run, (String) a[0], (String) a[1]), STRING, STRING),
                GoFunction.of(
                        "reReplaceAll",
                        (run, a) -> Regexes.replaceAll(run, (String) a[0], (String) a[1], (String) a[2]),
                        STRING,
                        STRING,
                        STRING),
                GoFunction.of("safeHtml", (_, a) -> new SafeText(SafeText.Type.HTML, (String) a[0]), STRING),
                GoFunction.of("safeUrl", (_, a) -> new SafeText(SafeText.Type.URL, (String) a[0]), STRING),
                GoFunction.of("urlUnescape", (_, a) -> urlUnescape((String) a[0]), STRING),
                GoFunction.of("base64encode", (_, a) -> base64((String) a[0]), STRING),
                GoFunction.of("base64decode", (_, a) -> unbase64((String) a[0]), STRING),
                GoFunction.of("routeLabels", (run, a) -> run.routeLabels().getOrDefault(a[0], ""), STRING),
                GoFunction.of("toJson", (run, a) -> GoJson.encode(run, a[0]), ANY));
    }

    private static List<GoFunction> times() {
        return List.of(
                GoFunction.of("date", (_, a) -> GoLayout.format((GoTime) a[1], (String) a[0]), STRING, TIME),
                GoFunction.of(
                        "tz", (_, a) -> new GoTime(((GoTime) a[1]).instant(), GoZone.of((String) a[0])), STRING, TIME),
                GoFunction.of("now", (run, _) -> GoTime.utc(run.now())),
                GoFunction.of(
                        "since",
                        (run, a) -> GoInt.duration(GoTime.utc(run.now()).since((GoTime) a[0])),
                        TIME),
                GoFunction.of("humanizeDuration", (_, a) -> humanized(seconds(a[0])), ANY),
                GoFunction.of("toDate", (_, a) -> dateOrZero((String) a[0], (String) a[1]), STRING, STRING),
                GoFunction.of("mustToDate", (_, a) -> GoLayout.parse((String) a[0], (String) a[1]), STRING, STRING));
    }

    private static List<GoFunction> collections() {
        return List.of(
                GoFunction.variadic(
                        "stringSlice",
                        (_, a) -> GoList.strings(
                                Arrays.stream(a).map(text -> (String) text).toList()),
                        STRING),
                GoFunction.variadic("list", (_, a) -> new GoList(GoList.ANYTHING, List.of(a)), ANY),
                GoFunction.variadic("append", AlertFunctions::append, ANYTHINGS, ANY),
                GoFunction.variadic("dict", (_, a) -> dictionary(a), ANY));
    }

    private static String join(Run run, String separator, GoList texts) {
        run.spend(texts.items().size());
        BoundedText out = run.text();
        for (int i = 0; i < texts.items().size(); i++) {
            out.append(i > 0 ? separator : "").append((String) texts.get(i));
        }
        return out.toString();
    }

    private static GoList append(Run run, Object[] arguments) {
        var items = new ArrayList<Object>(((GoList) arguments[0]).items());
        run.spend(items.size());
        items.addAll(Arrays.asList(arguments).subList(1, arguments.length));
        return new GoList(GoList.ANYTHING, items);
    }

    private static GoMap dictionary(Object[] arguments) {
        if (arguments.length % 2 != 0) {
            throw new GoError("dict requires an even number of arguments");
        }
        Map<String, Object> entries = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!(arguments[i] instanceof String key)) {
                throw new GoError("dict keys must be strings");
            }
            entries.put(key, arguments[i + 1]);
        }
        return GoMap.dictionary(entries);
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String unbase64(String text) {
        try {
            return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new GoError("illegal base64 data");
        }
    }

    private static String urlUnescape(String text) {
        var bytes = new java.io.ByteArrayOutputStream(text.length());
        byte[] input = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < input.length; i++) {
            if (input[i] == '+') {
                bytes.write(' ');
            } else if (input[i] != '%') {
                bytes.write(input[i]);
            } else {
                int high = i + 2 < input.length ? Character.digit(input[i + 1], 16) : -1;
                int low = high >= 0 ? Character.digit(input[i + 2], 16) : -1;
                if (low < 0) {
                    String bad = new String(input, i, Math.min(3, input.length - i), StandardCharsets.UTF_8);
                    throw new GoError("invalid URL escape " + GoQuote.quote(bad));
                }
                bytes.write(high * 16 + low);
                i += 2;
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static GoTime dateOrZero(String layout, String text) {
        try {
            return GoLayout.parse(layout, text);
        } catch (GoError e) {
            return GoTime.utc(GoTime.ZERO);
        }
    }

    private static double seconds(Object value) {
        return switch (value) {
            case Double number -> number;
            case Long number -> number;
            case GoInt(var type, var number) when type == GoInt.Type.INT64 -> number;
            case GoInt(var type, var number) when type == GoInt.Type.DURATION -> number / 1e9;
            case String text -> parsed(text);
            default -> throw new GoError("can't convert " + GoTypes.name(value) + " to float");
        };
    }

    private static double parsed(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new GoError("strconv.ParseFloat: parsing " + GoQuote.quote(text) + ": invalid syntax");
        }
    }

    /** {@code 1d 2h 3m 4s}, {@code 1.5s}, {@code 20ms}. */
    private static String humanized(double seconds) {
        if (!Double.isFinite(seconds) || seconds == 0) {
            return GoFloats.format(seconds, 'g', 4) + (seconds == 0 ? "s" : "");
        }
        double size = Math.abs(seconds);
        String sign = seconds < 0 ? "-" : "";
        if (size < 1) {
            int unit = -1;
            while (size < 1 && unit + 1 < SMALL_UNITS.length()) {
                unit++;
                size *= 1000;
            }
            return sign + GoFloats.format(size, 'g', 4) + SMALL_UNITS.charAt(unit) + "s";
        }
        long whole = (long) size;
        if (whole < 60) {
            return sign + GoFloats.format(size, 'g', 4) + "s";
        }
        long days = whole / 86_400;
        long hours = whole / 3600 % 24;
        String tail = whole / 60 % 60 + "m " + whole % 60 + "s";
        return sign + (days > 0 ? days + "d " : "") + (days > 0 || hours > 0 ? hours + "h " : "") + tail;
    }
}
