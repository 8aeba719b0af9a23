package caretaker.alerts.config;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a key's value is. */
sealed interface Kind {

    /** One value. */
    enum Scalar implements Kind {
        TEXT,
        /** Shown as {@code <secret>}. */
        SECRET,
        /** An http or https URL, shown as {@code <secret>}. */
        SECRET_URL,
        /** An http or https URL that may hold templates; its path and query are shown as {@code <secret>}. */
        HOOK_URL,
        /** An http or https URL. */
        URL,
        /** A URL of any scheme; a password in it is not shown. */
        PROXY_URL,
        /** As Prometheus writes it: {@code 1d12h}. */
        DURATION,
        /** As Go writes it: {@code 1m30s}, {@code 1.5s}. */
        GO_DURATION,
        FLAG,
        /** A whole number, not negative. */
        COUNT,
        /** {@code host:port}. */
        ADDRESS,
        REGEX,
        WEEKDAYS,
        DAYS_OF_MONTH,
        MONTHS,
        YEARS,
        LOCATION
    }

    /** A list of strings, each one or more matchers. */
    record MatcherList() implements Kind {}

    /**
     * Some of one kind.
     *
     * @param flow whether it is written on one line
     */
    record ListOf(Kind element, boolean flow) implements Kind {}

    record MapOf(Kind value) implements Kind {}

    /** Keys that are known. */
    record Section(Schema schema) implements Kind {}

    /** Any YAML: maps, lists and texts. */
    record Tree() implements Kind {}

    /**
     * The known keys of a section, in the order in which they are written.
     *
     * @param name how people call it, {@code email_config}
     * @param unsupported keys that Alertmanager has and we don't, with the reason; an error
     * @param advice for keys that people write and nobody has, what they mean
     */
    record Schema(String name, List<Field> fields, Map<String, String> unsupported, Map<String, String> advice) {
        static Schema of(String name, Field... fields) {
            return new Schema(name, List.of(fields), Map.of(), Map.of());
        }

        Schema unsupported(Set<String> keys, String why) {
            Map<String, String> all = new TreeMap<>(unsupported);
            keys.forEach(key -> all.put(key, why));
            return new Schema(name, fields, all, advice);
        }

        Schema advising(Map<String, String> advice) {
            return new Schema(name, fields, unsupported, advice);
        }

        @Nullable Field field(String key) {
            for (Field field : fields) {
                if (field.key().equals(key)) {
                    return field;
                }
            }
            return null;
        }

        List<String> keys() {
            return fields.stream().map(Field::key).toList();
        }
    }

    /**
     * A key.
     *
     * @param fallback what it is where nobody says; null if absent
     * @param always whether it is written even where it is absent, false or zero
     */
    record Field(String key, Kind kind, @Nullable Object fallback, boolean always) {
        static Field entry(String key, Kind kind) {
            return new Field(key, kind, null, false);
        }

        static Field text(String key) {
            return entry(key, Scalar.TEXT);
        }

        static Field texts(String key) {
            return entry(key, new ListOf(Scalar.TEXT, false));
        }

        static Field textMap(String key) {
            return entry(key, new MapOf(Scalar.TEXT));
        }

        static Field section(String key, Schema schema) {
            return entry(key, new Section(schema));
        }

        static Field sections(String key, Schema schema) {
            return entry(key, new ListOf(new Section(schema), false));
        }

        static Field flag(String key) {
            return new Field(key, Scalar.FLAG, null, false);
        }

        /** A flag that is always written. */
        static Field flag(String key, boolean fallback) {
            return new Field(key, Scalar.FLAG, fallback, true);
        }

        static Field template(String key, String fallback) {
            return new Field(key, Scalar.TEXT, fallback, false);
        }

        Field or(Object value) {
            return new Field(key, kind, value, always);
        }
    }
}
