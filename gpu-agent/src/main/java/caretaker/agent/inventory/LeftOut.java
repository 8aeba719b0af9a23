package caretaker.agent.inventory;

import java.util.Locale;

/**
 * Something that a container's labels ask for and do not get.
 *
 * @param container its name
 * @param what the label or the value, as it is written; cut, and without control characters
 */
public record LeftOut(String container, Reason reason, String what) {
    private static final int MAX = 100;

    /** Why. All but {@link #LABEL} leave the whole target out. */
    public enum Reason {
        /** Not a number from 1 to 65535, or none although metrics are enabled and there is not just one port. */
        PORT,
        /** No slash first, a query, a step upward, or a character that no path has. */
        PATH,
        /** Neither http nor https. */
        SCHEME,
        /** Not 1 to 64 letters, digits, {@code _}, {@code .}, {@code -} with a letter first. */
        JOB,
        /** Blank, too long, or with a character that nobody can read; the target stays without it. */
        LABEL,
        /** The port is not published on the host's address, and the container's own is not to be used. */
        UNREACHABLE;

        /** The value of the label {@code reason}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public LeftOut {
        what = (what.length() <= MAX ? what : what.substring(0, MAX) + "...").replaceAll("\\p{Cntrl}", "?");
    }
}
