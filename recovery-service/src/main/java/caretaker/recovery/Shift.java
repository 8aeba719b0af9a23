package caretaker.recovery;

import caretaker.chassis.Backoff;
import caretaker.chassis.Lease;
import caretaker.chassis.Logs;
import caretaker.chassis.PollLoop;
import caretaker.recovery.bus.StateReader;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.engine.Engine;
import caretaker.recovery.engine.Unavailable;
import caretaker.recovery.incident.Input;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of an instance, on a thread of its own: it waits until it is the one of its host, reads what earlier ones
 * have left, sees what there is, and only then begins to act. From there on it looks at all containers again and again,
 * so that nothing depends on a single event.
 */
final class Shift implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Shift.class);
    private static final long LOOK_MILLIS = 50;
    private static final long SWITCH_MILLIS = 250;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

    /** However much changes, all containers are not listed more often than that. */
    private static final Duration LIST_AT_MOST = Duration.ofSeconds(5);

    /**
     * What it needs.
     *
     * @param lease says whether this instance is the one of its host
     * @param desk makes the desk of an epoch; not started
     * @param events starts to read health events
     * @param rounds over all containers and their services
     */
    record Parts(
            Lease lease,
            PollLoop stateLoop,
            StateReader states,
            Engine engine,
            LongFunction<Desk> desk,
            Function<Desk, PollLoop> events,
            KillSwitch killSwitch,
            Rounds rounds,
            Duration resync) {}

    private final Parts parts;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Semaphore changed = new Semaphore(0);
    private final Thread thread;
    private volatile @Nullable Desk desk;
    private volatile @Nullable PollLoop events;
    private volatile String waitsFor = "another instance acts for this host";
    private volatile Optional<String> refused = Optional.empty();
    private boolean killed;

    Shift(Parts parts, Consumer<Throwable> onFailure) {
        this.parts = parts;
        this.thread = Thread.ofPlatform().name("shift").unstarted(() -> run(onFailure));
    }

    void start() {
        thread.start();
    }

    /** The desk, once it acts. */
    Optional<Desk> desk() {
        return waitsFor.isEmpty() ? Optional.ofNullable(desk) : Optional.empty();
    }

    /** Why nothing is repaired now. */
    Optional<String> notReady() {
        if (!waitsFor.isEmpty()) {
            return Optional.of(waitsFor);
        }
        Desk at = desk;
        return at != null && at.isAlive() ? Optional.empty() : Optional.of("the deciding thread has ended");
    }

    /** Why the engine lets nothing be changed; as of the last list. */
    Optional<String> refused() {
        return refused;
    }

    private void run(Consumer<Throwable> onFailure) {
        try {
            if (!awaits("another instance acts for this host", parts.lease()::held)) {
                return;
            }
            parts.stateLoop().catchUpAnew();
            if (!awaits("what was remembered is being read", parts.stateLoop()::caughtUp)) {
                return;
            }
            parts.engine().watch(changed::release); // before the list: it tells who was stopped by hand
            List<Sighting> all = firstList();
            if (all == null) {
                return;
            }
            Desk begun = begin(all);
            PollLoop reader = events;
            if (reader == null || !awaits("health events are being read", reader::caughtUp)) {
                return;
            }
            begun.tell(new Input.CaughtUp());
            waitsFor = "";
            LOGGER.atInfo().addKeyValue("containers", all.size()).log("this instance repairs");
            work(begun);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            if (stop.getCount() > 0) {
                onFailure.accept(e);
            }
        }
    }

    /** Whether it came true before the end. */
    private boolean awaits(String what, BooleanSupplier condition) throws InterruptedException {
        waitsFor = what;
        while (!condition.getAsBoolean()) {
            if (stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return true;
    }

    private @Nullable List<Sighting> firstList() throws InterruptedException {
        var backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(10));
        do {
            try {
                refused = parts.engine().refusesWrites();
                return parts.engine().list();
            } catch (Unavailable e) {
                waitsFor = "the engine does not answer: " + e.getMessage();
                unavailable(e);
            }
        } while (!stop.await(backoff.failed().toMillis(), TimeUnit.MILLISECONDS));
        return null;
    }

    private static void unavailable(Unavailable e) {
        LOGGER.atWarn()
                .addMarker(Logs.REPEATABLE)
                .addKeyValue("reason", String.valueOf(e.getMessage()))
                .log("the engine does not answer");
    }

    private Desk begin(List<Sighting> all) throws InterruptedException {
        Desk begun = parts.desk().apply(parts.states().epoch() + 1);
        desk = begun;
        begun.start();
        begun.tell(new Input.Listed(all));
        parts.states().goOn(begun::tell);
        look(begun);
        events = parts.events().apply(begun);
        return begun;
    }

    /** whether the file is there or gone. */
    private void look(Desk at) throws InterruptedException {
        boolean isOn = parts.killSwitch().isOn();
        if (isOn != killed) {
            killed = isOn;
            LOGGER.atWarn()
                    .addKeyValue("file", parts.killSwitch().file())
                    .log(isOn ? "the kill switch is on: nothing new is done" : "the kill switch is off again");
            at.tell(new Input.KillSwitch(isOn));
        }
    }

    private void work(Desk at) throws InterruptedException {
        long listed = System.nanoTime();
        boolean news = false;
        while (stop.getCount() > 0) {
            news |= changed.tryAcquire(SWITCH_MILLIS, TimeUnit.MILLISECONDS);
            changed.drainPermits();
            look(at);
            long since = System.nanoTime() - listed;
            if (since >= parts.resync().toNanos() || (news && since >= LIST_AT_MOST.toNanos())) {
                listed = System.nanoTime();
                news = false;
                list(at);
            }
            parts.rounds().ifDue(at);
        }
    }

    private void list(Desk at) throws InterruptedException {
        try {
            refused = parts.engine().refusesWrites();
            at.tell(new Input.Listed(parts.engine().list()));
        } catch (Unavailable e) {
            unavailable(e);
        }
    }

    @Override
    public void close() {
        stop.countDown();
        try {
            thread.join(CLOSE_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        PollLoop reader = events;
        if (reader != null) {
            reader.close();
        }
    }

    /** To be closed when nothing is at work any more. */
    void closeDesk() {
        Desk at = desk;
        if (at != null) {
            at.close();
        }
    }
}
