package caretaker.chassis;

import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/** The log of a process: one line a message on stdout. */
@SuppressWarnings("DoNotCallSuggester")
public final class Logs {
    /** On a message whose cause may last: printed once in ten seconds, with the number of those left out. */
    public static final Marker REPEATABLE = MarkerFactory.getMarker("REPEATABLE");

    private Logs() {}

    /** Takes effect at once. Before it, messages are printed as JSON from INFO up. */
    public static void configure(LogSettings settings) {
        throw new UnsupportedOperationException();
    }
}
