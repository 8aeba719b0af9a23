package caretaker.alerts;

import caretaker.alerts.bus.Ledger;
import caretaker.alerts.state.Board;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** What is done between two pieces of work: go live once the bus is read, forget what is over. On the desk's thread. */
final class Shift {
    private static final Duration REAP_EVERY = Duration.ofSeconds(30);

    private final Board board;
    private final Ledger ledger;
    private final Duration forgetEvery;
    private BooleanSupplier caughtUp = () -> false;
    private Instant reapAt = Instant.MIN;
    private Instant forgetAt = Instant.MIN;
    private volatile boolean live;

    Shift(Board board, Ledger ledger, Duration forgetEvery) {
        this.board = board;
        this.ledger = ledger;
        this.forgetEvery = forgetEvery;
    }

    /** Says how to learn that the bus is read; before the desk starts. */
    void liveOnce(BooleanSupplier condition) {
        caughtUp = condition;
    }

    boolean isLive() {
        return live;
    }

    void tick(Instant now) {
        if (!live) {
            if (!caughtUp.getAsBoolean()) {
                return;
            }
            board.goLive(now);
            live = true;
            reapAt = now.plus(REAP_EVERY);
            forgetAt = now.plus(forgetEvery);
        }
        if (!now.isBefore(reapAt)) {
            board.groups().reap();
            reapAt = now.plus(REAP_EVERY);
        }
        if (!now.isBefore(forgetAt)) {
            ledger.forget(
                    board.forgetOver(now),
                    board.silences().collect(now, board.retention()),
                    board.log().collect(now));
            forgetAt = now.plus(forgetEvery);
        }
    }
}
