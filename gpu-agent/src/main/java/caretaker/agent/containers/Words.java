package caretaker.agent.containers;

import java.util.Locale;
import java.util.Optional;

/** Texts that people put on containers. They may hold anything. */
public final class Words {
    private Words() {}

    /** Yes or no in the words that all of Caretaker's labels take; nothing for any other word. */
    public static Optional<Boolean> yesOrNo(String word) {
        return switch (word.strip().toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> Optional.of(true);
            case "false", "0", "no", "off" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    /** On one line, without control characters, at most so many UTF-16 units. */
    public static String line(String text, int max) {
        var cut = new StringBuilder(Math.min(text.length(), max));
        for (int i = 0; i < text.length() && cut.length() < max; i++) {
            char unit = text.charAt(i);
            cut.append(Character.isISOControl(unit) ? ' ' : unit);
        }
        if (!cut.isEmpty() && Character.isHighSurrogate(cut.charAt(cut.length() - 1)) && cut.length() < text.length()) {
            cut.setLength(cut.length() - 1);
        }
        return cut.toString();
    }
}
