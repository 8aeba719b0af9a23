package caretaker.chassis;

import java.time.Duration;

/** What a handler says of a record, or of a batch, once the effect it stands for has been tried. */
public sealed interface Verdict {

    /** The effect is in place, or was already. The offset may move on. */
    record Done() implements Verdict {}

    /**
     * The effect failed for a reason that may pass. The partition rests, then the record comes again; other partitions
     * go on. How often is the handler's business.
     */
    record Retry(String reason, Duration pause) implements Verdict {}

    /** No retry can help. The record goes to quarantine, then the offset moves on. */
    record Quarantine(String reason) implements Verdict {}

    Verdict DONE = new Done();

    static Verdict done() {
        return DONE;
    }

    static Verdict retry(String reason, Duration pause) {
        return new Retry(reason, pause);
    }

    static Verdict quarantine(String reason) {
        return new Quarantine(reason);
    }
}
