package caretaker.alerts.routing;

/** Which label names are allowed. */
public enum LabelNames {
    /** Letters, digits and underscores, not starting with a digit. */
    CLASSIC {
        @Override
        public boolean allow(String name) {
            return isClassic(name);
        }
    },
    /** Any text that UTF-8 can hold, but the empty one. */
    UTF8 {
        @Override
        public boolean allow(String name) {
            return !name.isEmpty() && GoText.isUtf8(name);
        }
    };

    public abstract boolean allow(String name);

    /** Whether the name fits the classic rule, which {@code match} and {@code match_re} keep in every mode. */
    public static boolean isClassic(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
            if (!letter && (i == 0 || c < '0' || c > '9')) {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
