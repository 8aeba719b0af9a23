package caretaker.alerts.news;

import caretaker.alerts.builtin.Subject;
import caretaker.alerts.builtin.Told;
import caretaker.alerts.bus.Reception;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.AlertStore;
import caretaker.alerts.state.Desk;
import caretaker.chassis.Logs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Built-in alerts take the way of those that are posted. */
public final class BoardDesk implements AlertDesk {
    private static final Logger LOGGER = LoggerFactory.getLogger(BoardDesk.class);

    private static final long LIMIT_SECONDS = 5;

    private final Desk desk;
    private final Reception reception;
    private final BooleanSupplier leading;
    private final Supplier<Map<String, Integer>> undelivered;

    /**
     * Asks and posts as one instance of perhaps several.
     *
     * @param leading whether it is the one that tells
     * @param undelivered may be asked on any thread
     */
    public BoardDesk(
            Desk desk, Reception reception, BooleanSupplier leading, Supplier<Map<String, Integer>> undelivered) {
        this.desk = desk;
        this.reception = reception;
        this.leading = leading;
        this.undelivered = undelivered;
    }

    @Override
    public boolean leads() {
        return leading.getAsBoolean();
    }

    @Override
    public CompletableFuture<Optional<List<Alert>>> firing() {
        return desk.ask((board, now) -> board.isLive()
                ? Optional.of(board.alerts().all().stream()
                        .filter(alert ->
                                !alert.resolvedAt(now) && Subject.of(alert).isPresent())
                        .toList())
                : Optional.empty());
    }

    @Override
    public CompletableFuture<?> post(Told.Plan plan) {
        return reception.take(plan::posts).thenAccept(BoardDesk::say).orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private static void say(AlertStore.Batch batch) {
        if (!batch.refused().isEmpty() || !batch.limited().isEmpty()) {
            LOGGER.atWarn()
                    .addMarker(Logs.REPEATABLE)
                    .addKeyValue("refused", batch.message())
                    .addKeyValue("limited", batch.limited().size())
                    .log("not all built-in alerts were taken");
        }
        if (!batch.full().isEmpty()) {
            throw new IllegalStateException("no room for " + batch.full().size() + " alerts");
        }
    }

    @Override
    public Map<String, Integer> undelivered() {
        return undelivered.get();
    }
}
