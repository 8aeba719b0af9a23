package caretaker.alerts.delivery;

import caretaker.alerts.receivers.Outcome;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One letter on its way. Only {@link Deliveries} touches it. */
final class Delivery {
    enum State {
        /** Waits for its turn to be put on the bus, and then for a place at its receiver. */
        QUEUED,
        /** Its intent is on its way to the bus. */
        WRITING,
        SENDING,
        /** Waits to be tried again. */
        ASLEEP
    }

    final long serial;
    Letter letter;
    State state = State.QUEUED;

    /** Whether the bus has what is about to be sent. */
    boolean intended;

    /** Whether it is a dead letter that somebody asked to send again. */
    final boolean again;

    int attempts;

    @Nullable Instant firstAttempt;

    Instant wakeAt = Instant.MIN;
    boolean fellBack;

    /** How the last attempt failed. */
    @Nullable Outcome lastFailure;

    /** What is to be told instead, decided while this one was being written or sent. */
    @Nullable Letter newer;

    Delivery(long serial, Letter letter, boolean intended, boolean again) {
        this.serial = serial;
        this.letter = letter;
        this.intended = intended;
        this.again = again;
    }

    /** Whether it waits, so that it may be taken out or changed. */
    boolean isWaiting() {
        return state == State.QUEUED || state == State.ASLEEP;
    }

    /** Takes another letter, which nobody was told yet. */
    void replace(Letter by) {
        letter = by;
        intended = false;
        fellBack = false;
        lastFailure = null;
        newer = null;
    }
}
