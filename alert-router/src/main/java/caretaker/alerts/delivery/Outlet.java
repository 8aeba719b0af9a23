package caretaker.alerts.delivery;

import caretaker.alerts.receivers.Outcome;
import caretaker.contracts.NotificationEvent;
import java.time.Instant;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** What deliveries do to the world. Nothing here waits; answers come on the desk's thread, each exactly once. */
public interface Outlet {
    /** Whether this instance may tell anybody anything now. */
    boolean mayAct();

    /**
     * Puts on the bus what is about to be sent.
     *
     * @param written told whether the bus has it, and when that was known
     */
    void intend(NotificationEvent event, BiConsumer<Boolean, Instant> written);

    /** Puts on the bus how it ended. Nobody waits for it. */
    void record(NotificationEvent event);

    /**
     * Sends it.
     *
     * @param remembered what the last message of the same incident asked to keep; empty if this is the first
     */
    void send(Letter letter, Map<String, String> remembered, Consumer<Answer> answer);

    /** How an attempt ended, and when. */
    record Answer(Outcome outcome, Instant at) {}
}
