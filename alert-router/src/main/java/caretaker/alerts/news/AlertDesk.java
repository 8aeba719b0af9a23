package caretaker.alerts.news;

import caretaker.alerts.builtin.Told;
import caretaker.alerts.routing.Alert;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The router as built-in alerts see it. Any thread may ask; nothing waits. */
public interface AlertDesk {
    /** Whether this instance is the one that tells. */
    boolean leads();

    /** Our alerts that fire; empty until the router knows all alerts. */
    CompletableFuture<Optional<List<Alert>>> firing();

    /** Takes alerts as if somebody had posted them. Completes when they are on the bus. */
    CompletableFuture<?> post(Told.Plan plan);

    /** Messages that could not be delivered, by receiver. */
    Map<String, Integer> undelivered();
}
