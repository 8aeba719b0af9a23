package caretaker.contracts;

/** Fingerprints as they are written: 16 lower-case hex digits. */
final class WireHex {
    private static final int DIGITS = 16;

    private WireHex() {}

    static boolean isFingerprint(String text) {
        return text.length() == DIGITS && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }
}
