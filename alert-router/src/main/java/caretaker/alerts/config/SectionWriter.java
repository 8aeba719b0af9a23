package caretaker.alerts.config;

import caretaker.alerts.config.Kind.Field;
import caretaker.alerts.config.Kind.Scalar;
import caretaker.alerts.routing.LabelMatcher;
import caretaker.alerts.routing.Matchers;
import caretaker.alerts.routing.TimeInterval.Span;
import caretaker.alerts.routing.TimeRanges;
import caretaker.chassis.config.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes the configuration back as Alertmanager does: keys in its order, defaults filled in, secrets as
 * {@code <secret>}. Its own tools read the result with the same strict reader.
 */
final class SectionWriter {
    static final String MASK = "<secret>";

    private static final Pattern HOOK_PATH = Pattern.compile("^(https?://)(?:[^/?#]*@)?([^/?#]*)[/?#].+$");
    private static final Pattern PASSWORD = Pattern.compile("^([^:/]+://[^:/@]*):[^/@]*@");

    private final StringBuilder out = new StringBuilder();

    private SectionWriter() {}

    static String write(Values values) {
        var writer = new SectionWriter();
        writer.section(values, "");
        return writer.out.toString();
    }

    private void section(Values values, String indent) {
        for (Field field : values.schema().fields()) {
            Object value = values.get(field.key());
            if (value == null && field.kind() instanceof Kind.ListOf && field.always()) {
                value = List.of();
            }
            if (value != null && (field.always() || !isNothing(value))) {
                entry(field.key(), field.kind(), value, indent);
            }
        }
    }

    /** What Go leaves out with {@code omitempty}. */
    private static boolean isNothing(Object value) {
        return switch (value) {
            case String text -> text.isEmpty();
            case Secret secret -> secret.reveal().isEmpty();
            case List<?> list -> list.isEmpty();
            case Map<?, ?> map -> map.isEmpty();
            case Matchers matchers -> matchers.isEmpty();
            case Long count -> count == 0;
            default -> false;
        };
    }

    private void entry(String key, Kind kind, Object value, String indent) {
        out.append(indent).append(key).append(':');
        switch (value) {
            case Values section -> {
                int before = out.append('\n').length();
                section(section, indent + "  ");
                if (out.length() == before) {
                    out.setLength(before - 1);
                    out.append(" {}\n");
                }
            }
            case Map<?, ?> map -> map(map, kind instanceof Kind.MapOf of ? of.value() : kind, indent);
            case Matchers matchers -> list(matchers.all(), Scalar.TEXT, false, indent);
            case List<?> list -> {
                Kind.ListOf of = kind instanceof Kind.ListOf listOf ? listOf : new Kind.ListOf(kind, false);
                list(list, of.element(), of.flow(), indent);
            }
            default -> out.append(' ').append(scalar(kind, value)).append('\n');
        }
    }

    private void map(Map<?, ?> map, Kind kind, String indent) {
        if (map.isEmpty()) {
            out.append(" {}\n");
            return;
        }
        out.append('\n');
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((key, value) -> sorted.put(YamlText.scalar(String.valueOf(key)), value));
        sorted.forEach((key, value) -> entry(key, kind, value, indent + "  "));
    }

    private void list(List<?> list, Kind kind, boolean flow, String indent) {
        if (list.isEmpty() || flow) {
            String inner = list.stream().map(element -> scalar(kind, element)).collect(Collectors.joining(", "));
            out.append(" [").append(inner).append("]\n");
            return;
        }
        out.append('\n');
        for (Object element : list) {
            if (element instanceof Values || element instanceof Map || element instanceof List) {
                int start = out.length();
                if (element instanceof Values values) {
                    section(values, indent + "  ");
                } else if (element instanceof Map<?, ?> map && !map.isEmpty()) {
                    map.forEach(
                            (key, value) -> entry(YamlText.scalar(String.valueOf(key)), kind, value, indent + "  "));
                } else {
                    out.append(indent)
                            .append("  ")
                            .append(element instanceof Map ? "{}" : "[]")
                            .append('\n');
                }
                if (out.length() == start) {
                    out.append(indent).append("  {}\n");
                }
                out.setCharAt(start + indent.length(), '-');
            } else {
                out.append(indent).append("- ").append(scalar(kind, element)).append('\n');
            }
        }
    }

    private static String scalar(Kind kind, Object value) {
        return switch (value) {
            case Secret secret -> YamlText.scalar(kind == Scalar.HOOK_URL ? hook(secret.reveal()) : MASK);
            case Duration duration ->
                kind == Scalar.GO_DURATION ? Durations.go(duration) : Durations.prometheus(duration);
            case Boolean flag -> flag.toString();
            case Number number -> number.toString();
            case Span span ->
                YamlText.scalar(kind == Scalar.WEEKDAYS ? TimeRanges.weekdays(span) : TimeRanges.numbers(span));
            case LabelMatcher matcher -> YamlText.scalar(matcher.toString());
            default ->
                YamlText.scalar(
                        kind == Scalar.PROXY_URL
                                ? PASSWORD.matcher(value.toString()).replaceFirst("$1:xxxxx@")
                                : value.toString());
        };
    }

    /** Where a hook goes, but not the token that is in its path; it stays a URL, since older tools ask for one. */
    static String hook(String url) {
        var path = HOOK_PATH.matcher(url);
        if (path.matches()) {
            return path.group(1) + path.group(2) + "/" + MASK;
        }
        return url.contains("@") || url.contains("{{") ? "http://" + MASK : url;
    }
}
