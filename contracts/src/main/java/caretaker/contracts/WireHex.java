package caretaker.contracts;

/** Fingerprints and digests as they are written: lower-case hex digits. */
final class WireHex {
    private static final int FINGERPRINT = 16;
    private static final int SHA256 = 64;

    private WireHex() {}

    static boolean isFingerprint(String text) {
        return isHex(text, FINGERPRINT);
    }

    static boolean isSha256(String text) {
        return isHex(text, SHA256);
    }

    private static boolean isHex(String text, int digits) {
        return text.length() == digits && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }
}
