package caretaker.alerts.bus;

import caretaker.alerts.routing.AlertStore;
import caretaker.alerts.routing.PostedAlert;
import caretaker.alerts.state.Board;
import caretaker.alerts.state.Desk;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Takes alerts, whoever posts them: to the board, to the bus and into effect in one go on the desk's thread, so that
 * the bus has the states of an alert in the order in which they came to be. Any thread.
 *
 * <p>They open their groups before the bus has them, which saves a message that is due at once a wait; it is sent only
 * once the bus has both, see {@link Ledger#intend}.
 */
public final class Reception {
    private final Desk desk;
    private final Ledger ledger;
    private final Timer processing;

    public Reception(Desk desk, Ledger ledger, MeterRegistry registry) {
        this.desk = desk;
        this.ledger = ledger;
        this.processing = Timer.builder("alertmanager.dispatcher.alert.processing.duration")
                .description("How long it took to put one alert into its groups")
                .register(registry);
    }

    /**
     * Completes with what became of the batch once the bus has all that was good, and may be acknowledged.
     *
     * @param posted of the time at which they are taken
     */
    public CompletableFuture<AlertStore.Batch> take(Function<Instant, List<PostedAlert>> posted) {
        return desk.ask((board, now) -> {
                    Taken first = put(board, posted.apply(now), now);
                    if (first.batch.full().isEmpty()) {
                        return first;
                    }
                    ledger.forget(board.makeRoom(now), List.of(), List.of());
                    Taken second = put(board, first.batch.full(), now);
                    board.refused(second.batch.full().size());
                    return new Taken(first.batch.then(second.batch), Future.join(first.written, second.written));
                })
                .thenCompose(Taken::whenWritten);
    }

    private Taken put(Board board, List<PostedAlert> posted, Instant now) {
        var batch = board.alerts().post(posted, now, board.config().resolveTimeout());
        var written = ledger.alerts(batch.stored());
        batch.stored().forEach(alert -> processing.record(() -> board.effect(alert, now)));
        return new Taken(batch, written);
    }

    private record Taken(AlertStore.Batch batch, Future<?> written) {
        CompletionStage<AlertStore.Batch> whenWritten() {
            return written.<AlertStore.Batch>map(_ -> batch).toCompletionStage();
        }
    }
}
