package caretaker.collector.discovery;

import java.util.Locale;

/** Why a target, or a label of one, is not handed to Prometheus. */
public enum Refusal {
    /** Neither the host's address nor one of the container's own. */
    ADDRESS,
    /** Of a container that the host's inventory does not have. */
    CONTAINER,
    /** A job whose name belongs to somebody else. */
    JOB,
    /** A label that is not one of a target's, or a value with characters that nobody can read; the target stays. */
    LABEL,
    /** The same place, or the same series, as another target. */
    DUPLICATE,
    /** One more than its host may have. */
    TOO_MANY;

    /** The value of the label {@code reason}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
