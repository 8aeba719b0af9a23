package caretaker.chassis.config;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The spelling of keys, and the one that was probably meant. */
public final class Names {
    private Names() {}

    /** {@code forgetAfter} is {@code forget-after} in the file, {@code forget_after} where the record says so. */
    static String key(RecordComponent component) {
        Key given = component.getAnnotation(Key.class);
        if (given != null) {
            return given.value();
        }
        boolean snake = component.getDeclaringRecord().isAnnotationPresent(SnakeCase.class);
        return split(component.getName(), snake ? '_' : '-');
    }

    private static String split(String component, char separator) {
        var name = new StringBuilder();
        for (int i = 0; i < component.length(); i++) {
            char c = component.charAt(i);
            if (Character.isUpperCase(c)) {
                name.append(separator).append(Character.toLowerCase(c));
            } else {
                name.append(c);
            }
        }
        return name.toString();
    }

    /** The known name nearest to a wrong one, if near enough to be a slip. */
    public static @Nullable String nearest(String wrong, Collection<String> known) {
        String nearest = null;
        int least = Math.max(2, wrong.length() / 3) + 1;
        String plain = wrong.toLowerCase(Locale.ROOT).replace('_', '-');
        for (String name : known) {
            int distance = distance(plain, name.replace('_', '-'));
            if (distance < least) {
                least = distance;
                nearest = name;
            }
        }
        return nearest;
    }

    /** Levenshtein's: insertions, deletions and replacements from one to the other. */
    public static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
