package caretaker.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/** Texts of others, brought to what a record can carry. */
final class BoundedText {
    private BoundedText() {}

    /** At most so many UTF-16 units, no half of a character, and nothing that UTF-8 cannot say. */
    static String cut(String text, int max) {
        int length = Math.min(text.length(), max);
        if (length < text.length() && Character.isHighSurrogate(text.charAt(length - 1))) {
            length--;
        }
        return new String(text.substring(0, length).getBytes(UTF_8), UTF_8);
    }

    /** The first of some texts, each cut. */
    static List<String> first(List<String> texts, int most, int max) {
        return texts.stream().limit(most).map(text -> cut(text, max)).toList();
    }
}
