package caretaker.chassis.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Replaces {@code ${NAME}}, {@code ${NAME:-default}}, {@code ${file:/path}} and {@code $$} in one value, once. */
final class Substitution {
    private static final int MAX_SECRET = 64 * 1024;

    private final Map<String, String> environment;

    Substitution(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** Says what could not be replaced, never with a value in it. */
    static final class Unresolved extends Exception {
        private static final long serialVersionUID = 1;

        Unresolved(String message) {
            super(message);
        }
    }

    String apply(String text) throws Unresolved {
        if (text.indexOf('$') < 0) {
            return text;
        }
        var out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != '$' || at + 1 == text.length()) {
                out.append(c);
                at++;
            } else if (text.charAt(at + 1) == '$') {
                out.append('$');
                at += 2;
            } else if (text.charAt(at + 1) == '{') {
                int end = text.indexOf('}', at);
                if (end < 0) {
                    throw new Unresolved("'${' without '}'; write $$ for a dollar sign");
                }
                out.append(resolve(text.substring(at + 2, end)));
                at = end + 1;
            } else {
                out.append(c);
                at++;
            }
        }
        return out.toString();
    }

    private String resolve(String reference) throws Unresolved {
        if (reference.startsWith("file:")) {
            return file(reference.substring("file:".length()));
        }
        int dash = reference.indexOf(":-");
        String name = dash < 0 ? reference : reference.substring(0, dash);
        @Nullable String value = environment.get(name);
        if (value != null && !(value.isEmpty() && dash >= 0)) {
            return value;
        }
        if (dash >= 0) {
            return reference.substring(dash + 2);
        }
        throw new Unresolved("environment variable " + name + " is not set; set it or write ${" + name + ":-default}");
    }

    private static String file(String path) throws Unresolved {
        try {
            var file = Path.of(path);
            if (Files.size(file) > MAX_SECRET) {
                throw new Unresolved("file " + path + " is larger than 64 KiB");
            }
            return Files.readString(file).strip();
        } catch (IOException | IllegalArgumentException e) {
            throw new Unresolved(
                    "file " + path + " cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }
}
