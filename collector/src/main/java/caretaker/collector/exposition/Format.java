package caretaker.collector.exposition;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A format of exposition, chosen by the {@code Accept} header the way Prometheus' own servers choose. */
public enum Format {
    /** Prometheus text 0.0.4: what everybody gets who asks for nothing else. */
    TEXT("text/plain; version=0.0.4; charset=utf-8"),
    /** OpenMetrics text 1.0.0. */
    OPENMETRICS("application/openmetrics-text; version=1.0.0; charset=utf-8"),
    /** {@code io.prometheus.client.MetricFamily} messages, each after its length. */
    PROTOBUF("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited");

    private final String contentType;

    Format(String contentType) {
        this.contentType = contentType;
    }

    public String contentType() {
        return contentType;
    }

    /**
     * The format that the client wants most of those there are; of two wanted alike, the first named. A header that
     * names none, or that nobody can read, gives {@link #TEXT}: an answer the client may not like beats none.
     */
    public static Format negotiate(@Nullable String accept) {
        Format best = TEXT;
        double bestQuality = 0;
        for (String range : (accept == null ? "" : accept).split(",")) {
            String[] parts = range.split(";", -1);
            Map<String, String> parameters = parameters(parts);
            Format format = ofRange(parts[0].strip().toLowerCase(Locale.ROOT), parameters);
            double quality = quality(parameters.get("q"));
            if (format != null && quality > bestQuality) {
                best = format;
                bestQuality = quality;
            }
        }
        return best;
    }

    private static @Nullable Format ofRange(String type, Map<String, String> parameters) {
        String version = parameters.getOrDefault("version", "");
        return switch (type) {
            case "application/vnd.google.protobuf" ->
                parameters.getOrDefault("proto", "").equals("io.prometheus.client.MetricFamily")
                                && parameters.getOrDefault("encoding", "").equals("delimited")
                        ? PROTOBUF
                        : null;
            case "application/openmetrics-text" -> version.isEmpty() || version.equals("1.0.0") ? OPENMETRICS : null;
            case "text/plain" -> version.isEmpty() || version.equals("0.0.4") ? TEXT : null;
            case "text/*", "*/*" -> TEXT;
            default -> null;
        };
    }

    private static Map<String, String> parameters(String[] parts) {
        Map<String, String> parameters = new HashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals > 0) {
                String value = parts[i].substring(equals + 1).strip();
                if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
                    value = value.substring(1, value.length() - 1);
                }
                parameters.put(parts[i].substring(0, equals).strip().toLowerCase(Locale.ROOT), value);
            }
        }
        return parameters;
    }

    private static double quality(@Nullable String q) {
        if (q == null) {
            return 1;
        }
        try {
            double quality = Double.parseDouble(q);
            return quality >= 0 && quality <= 1 ? quality : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
