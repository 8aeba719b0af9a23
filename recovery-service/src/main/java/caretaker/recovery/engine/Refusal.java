package caretaker.recovery.engine;

import caretaker.recovery.report.Redaction;

/** The engine has answered, and the answer is no. The message is one line without secrets. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;
    private static final int MAX_TEXT = 500;
    private static final int NOT_FOUND = 404;

    private final int status;
    private final String why;

    Refusal(int status, String message) {
        super(line(message));
        this.status = status;
        why = line(message);
    }

    String why() {
        return why;
    }

    int status() {
        return status;
    }

    boolean isNotFound() {
        return status == NOT_FOUND;
    }

    /** What anybody says, as one line that may be shown. */
    static String line(String text) {
        String plain = Redaction.text(text.length() > MAX_TEXT * 4 ? text.substring(0, MAX_TEXT * 4) : text)
                .replaceAll("\\p{Cntrl}+", " ")
                .strip();
        return plain.length() > MAX_TEXT ? plain.substring(0, MAX_TEXT) : plain;
    }
}
