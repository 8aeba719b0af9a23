package caretaker.alerts;

import caretaker.alerts.bus.Ledger;
import caretaker.alerts.delivery.Deliveries;
import caretaker.alerts.routing.Flush;
import caretaker.alerts.state.Board;
import caretaker.alerts.state.Desk;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * What is done between two pieces of work: open the groups once the bus is read, act or stand by, flush what is due,
 * forget what is over. On the desk's thread.
 */
final class Shift implements Desk.Turn {
    private static final Duration REAP_EVERY = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);
    private static final Duration STAND_BY_LOOK = Duration.ofMillis(100);

    private final Board board;
    private final Ledger ledger;
    private final Deliveries deliveries;
    private final Upkeep upkeep;
    private final Duration forgetEvery;
    private final Bus bus;
    private final BooleanSupplier mayAct;
    private Instant reapAt = Instant.MIN;
    private Instant forgetAt = Instant.MIN;
    private boolean catchingUp;
    private volatile boolean live;
    private volatile boolean leading;

    /** How far the bus is read. */
    interface Bus {
        boolean caughtUp();

        /** From now on, {@link #caughtUp} is about what is on the bus now. */
        void catchUpAnew();
    }

    Shift(Board board, Ledger ledger, Deliveries deliveries, Duration forgetEvery, Bus bus, BooleanSupplier mayAct) {
        this.board = board;
        this.ledger = ledger;
        this.deliveries = deliveries;
        this.upkeep = new Upkeep(board, deliveries, ledger::alerts);
        this.forgetEvery = forgetEvery;
        this.bus = bus;
        this.mayAct = mayAct;
    }

    /** Whether everything that the bus had at the start is known. Any thread. */
    boolean isLive() {
        return live;
    }

    /** Whether this instance tells people. Any thread. */
    boolean isLeading() {
        return leading;
    }

    @Override
    public void take(Instant now) {
        if (!live) {
            if (!bus.caughtUp()) {
                return;
            }
            board.goLive(now);
            live = true;
            reapAt = now.plus(REAP_EVERY);
            forgetAt = now.plus(forgetEvery);
        }
        change(now);
        if (leading) {
            for (Flush flush : board.groups().due(now)) {
                deliveries.flush(flush, now);
            }
            deliveries.tick(now);
            upkeep.goOn(now);
        }
        tidy(now);
    }

    private void change(Instant now) {
        if (!mayAct.getAsBoolean()) {
            catchingUp = false;
            if (leading) {
                leading = false;
                deliveries.standBy();
                upkeep.stop();
                board.standBy();
            }
        } else if (!leading) {
            if (!catchingUp) {
                catchingUp = true; // the one that acted before may have said something since
                bus.catchUpAnew();
            } else if (bus.caughtUp()) {
                catchingUp = false;
                leading = true;
                board.lead();
                deliveries.lead(now);
            }
        }
    }

    private void tidy(Instant now) {
        if (!now.isBefore(reapAt)) {
            board.groups().reap();
            reapAt = now.plus(REAP_EVERY);
        }
        if (!now.isBefore(forgetAt)) {
            var silences = board.silences().collect(now, board.retention());
            var told = board.forgetTold(now);
            if (leading) {
                ledger.forget(board.forgetOver(now), silences, told);
                upkeep.look(now);
            }
            forgetAt = now.plus(forgetEvery);
        }
    }

    @Override
    public Optional<Instant> nextDue(Instant now) {
        if (catchingUp || !live) {
            return Optional.of(now.plus(LOOK_AGAIN));
        }
        return leading
                ? Stream.of(board.groups().nextDue(), deliveries.nextDue())
                        .flatMap(Optional::stream)
                        .min(Instant::compareTo)
                : Optional.of(now.plus(STAND_BY_LOOK));
    }
}
