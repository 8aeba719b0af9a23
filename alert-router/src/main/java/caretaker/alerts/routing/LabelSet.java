package caretaker.alerts.routing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Names and values, sorted by name. An absent label and one with an empty value are the same.
 *
 * <p>Immutable and safe for any thread. Equality is by content; {@link #fingerprint} is computed once.
 */
public final class LabelSet implements Comparable<LabelSet> {
    public static final LabelSet EMPTY = new LabelSet(new String[0]);

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final int SEPARATOR = 0xff;

    /** Name, value, name, value, … */
    private final String[] pairs;

    /** Null until it is asked for; computed twice if two threads ask at once, which does no harm. */
    private @Nullable Fingerprint fingerprint;

    /** 0 until it is asked for. */
    private long bytes;

    private LabelSet(String[] pairs) {
        this.pairs = pairs;
    }

    /** The labels without those that are empty. */
    public static LabelSet of(Map<String, String> labels) {
        return of(labels, false);
    }

    /** Annotations, whose empty values stay. */
    public static LabelSet keepingEmpty(Map<String, String> annotations) {
        return of(annotations, true);
    }

    private static LabelSet of(Map<String, String> labels, boolean keepEmpty) {
        if (labels.isEmpty()) {
            return EMPTY;
        }
        String[] names = labels.keySet().toArray(new String[0]);
        Arrays.sort(names, GoText::compare);
        String[] pairs = new String[names.length * 2];
        int used = 0;
        for (String name : names) {
            String value = labels.getOrDefault(name, "");
            if (keepEmpty || !value.isEmpty()) {
                pairs[used++] = name;
                pairs[used++] = value;
            }
        }
        return used == 0 ? EMPTY : new LabelSet(Arrays.copyOf(pairs, used));
    }

    /** Names and values in turn, for tests and constants. */
    public static LabelSet of(String... pairs) {
        Map<String, String> labels = new TreeMap<>(GoText::compare);
        for (int i = 0; i + 1 < pairs.length; i += 2) {
            labels.put(pairs[i], pairs[i + 1]);
        }
        return of(labels);
    }

    /** The value, or the empty string. */
    public String get(String name) {
        int low = 0;
        int high = pairs.length / 2 - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = GoText.compare(pairs[2 * middle], name);
            if (order == 0) {
                return pairs[2 * middle + 1];
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return "";
    }

    public int size() {
        return pairs.length / 2;
    }

    public boolean isEmpty() {
        return pairs.length == 0;
    }

    /** Those labels whose names are asked for. */
    public LabelSet only(Collection<String> names) {
        String[] kept = new String[Math.min(pairs.length, 2 * names.size())];
        int used = 0;
        for (int i = 0; i < pairs.length; i += 2) {
            if (names.contains(pairs[i])) {
                kept[used++] = pairs[i];
                kept[used++] = pairs[i + 1];
            }
        }
        return used == 0 ? EMPTY : new LabelSet(Arrays.copyOf(kept, used));
    }

    /** Whether each name and value passes. */
    boolean allMatch(BiPredicate<String, String> test) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (!test.test(pairs[i], pairs[i + 1])) {
                return false;
            }
        }
        return true;
    }

    public void forEach(BiConsumer<String, String> action) {
        for (int i = 0; i < pairs.length; i += 2) {
            action.accept(pairs[i], pairs[i + 1]);
        }
    }

    /** In the order of the names; unmodifiable. */
    public Map<String, String> asMap() {
        Map<String, String> map = new LinkedHashMap<>();
        forEach(map::put);
        return Collections.unmodifiableMap(map);
    }

    /** FNV-1a over name, 0xff, value, 0xff of each label. */
    public Fingerprint fingerprint() {
        Fingerprint known = fingerprint;
        if (known == null) {
            known = new Fingerprint(hash(pairs));
            fingerprint = known;
        }
        return known;
    }

    /** Roughly what it takes of the memory. */
    long bytes() {
        long known = bytes;
        if (known == 0) {
            known = 64;
            for (String part : pairs) {
                known += Budget.text(part);
            }
            bytes = known;
        }
        return known;
    }

    private static long hash(String[] pairs) {
        long hash = FNV_OFFSET;
        for (String part : pairs) {
            hash = (add(hash, part) ^ SEPARATOR) * FNV_PRIME;
        }
        return hash;
    }

    private static long add(long start, String part) {
        long hash = start;
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c >= 0x80) {
                return addBytes(hash, part.substring(i).getBytes(StandardCharsets.UTF_8));
            }
            hash = (hash ^ c) * FNV_PRIME;
        }
        return hash;
    }

    private static long addBytes(long start, byte[] bytes) {
        long hash = start;
        for (byte b : bytes) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return hash;
    }

    /** Alertmanager's order of label sets: the smaller first, then whose name comes later, then by value. */
    @Override
    public int compareTo(LabelSet other) {
        if (pairs.length != other.pairs.length) {
            return pairs.length - other.pairs.length;
        }
        for (int i = 0; i < pairs.length; i += 2) {
            int byName = GoText.compare(other.pairs[i], pairs[i]);
            int order = byName != 0 ? byName : GoText.compare(pairs[i + 1], other.pairs[i + 1]);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    @Override
    public boolean equals(Object other) {
        return other == this || (other instanceof LabelSet set && Arrays.equals(pairs, set.pairs));
    }

    @Override
    public int hashCode() {
        return fingerprint().hashCode();
    }

    /** As group keys show it: <code>{a="b", c="d"}</code>. */
    @Override
    public String toString() {
        var out = new StringBuilder("{");
        forEach((name, value) -> {
            if (out.length() > 1) {
                out.append(", ");
            }
            out.append(name).append('=').append(GoText.quote(value));
        });
        return out.append('}').toString();
    }
}
