package caretaker.alerts.news;

import caretaker.alerts.builtin.Subject;
import caretaker.alerts.builtin.Told;
import caretaker.alerts.bus.Ledger;
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

/** Built-in alerts take the way of those that are posted: the board, the bus, and only then their effect. */
public final class BoardDesk implements AlertDesk {
    private static final Logger LOGGER = LoggerFactory.getLogger(BoardDesk.class);

    private static final long LIMIT_SECONDS = 5;

    private final Desk desk;
    private final Ledger ledger;
    private final BooleanSupplier leading;
    private final Supplier<Map<String, Integer>> undelivered;

    /**
     * Asks and posts as one instance of perhaps several.
     *
     * @param leading whether it is the one that tells
     * @param undelivered may be asked on any thread
     */
    public BoardDesk(Desk desk, Ledger ledger, BooleanSupplier leading, Supplier<Map<String, Integer>> undelivered) {
        this.desk = desk;
        this.ledger = ledger;
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
        return desk.ask((board, now) ->
                        board.alerts().post(plan.posts(now), now, board.config().resolveTimeout()))
                .thenCompose(this::effect);
    }

    private CompletableFuture<?> effect(AlertStore.Batch batch) {
        if (!batch.refused().isEmpty() || !batch.limited().isEmpty()) {
            LOGGER.atWarn()
                    .addMarker(Logs.REPEATABLE)
                    .addKeyValue("refused", batch.message())
                    .addKeyValue("limited", batch.limited().size())
                    .log("not all built-in alerts were taken");
        }
        CompletableFuture<?> told = ledger.alerts(batch.stored())
                .toCompletionStage()
                .toCompletableFuture()
                .thenCompose(_ -> desk.ask((board, now) -> {
                    batch.stored().forEach(alert -> board.effect(alert, now));
                    return batch.stored().size();
                }));
        return told.copy().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS); // it has its effect, late or not
    }

    @Override
    public Map<String, Integer> undelivered() {
        return undelivered.get();
    }
}
