package caretaker.alerts.delivery;

import caretaker.alerts.delivery.Outlet.Answer;
import caretaker.alerts.receivers.Outcome;
import caretaker.alerts.routing.Flush;
import caretaker.alerts.routing.Groups;
import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.NotificationLog;
import caretaker.alerts.routing.Notified;
import caretaker.alerts.routing.Pipeline;
import caretaker.alerts.routing.Pipeline.Step;
import caretaker.alerts.routing.Retry;
import caretaker.alerts.state.Board;
import caretaker.alerts.state.Pending;
import caretaker.contracts.NotificationEvent;
import caretaker.contracts.NotificationEvent.Dead;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All letters on their way, one at most for each group and integration. On the desk's thread, where this instance acts.
 *
 * <p>A letter is put on the bus before it is sent, and how it ended after that. It is tried again until the settings'
 * time is over, past the end of the flush that wanted it; what a later flush wants to tell takes its place. A flush has
 * succeeded when all its letters have ended. What is given up is a dead letter.
 *
 * <p>At most {@link #MAX_BUSY} letters to one receiver are being sent at once.
 */
public final class Deliveries {
    static final int MAX_BUSY = 16;
    private static final Duration BUS_PAUSE = Duration.ofSeconds(1);

    private final Board board;
    private final Outlet outlet;
    private final Observer observer;
    private final Retry retry;
    private final RandomGenerator random;
    private final Letters letters;
    private final Substitutes substitutes;
    private final Records records;
    private final Intents intents;
    private final Map<NotificationLog.Key, Delivery> running = new HashMap<>();
    private final Flights flights;
    private final Map<String, Lane> lanes = new HashMap<>();
    private final TreeSet<Delivery> asleep =
            new TreeSet<>(Comparator.<Delivery, Instant>comparing(d -> d.wakeAt).thenComparingLong(d -> d.serial));
    private long nextSerial = 1;
    private final AtomicInteger sending = new AtomicInteger();

    public Deliveries(
            Board board, Outlet outlet, Observer observer, DeliverySettings settings, RandomGenerator random) {
        this.board = board;
        this.outlet = outlet;
        this.observer = observer;
        this.retry = new Retry(settings.retryFor());
        this.random = random;
        this.letters = new Letters(board, random);
        this.substitutes = new Substitutes(board, letters, settings.fallback());
        this.records = new Records(board, settings.retention());
        this.intents = new Intents(outlet, records, this::written);
        this.flights = new Flights(board.groups());
    }

    /** Begins to act: what was perhaps sent before is sent again, under the same id. */
    public void lead(Instant now) {
        Map<String, Groups.About> groups = board.groups().about();
        board.allPending()
                .forEach((key, message) -> letters.again(
                                key, message, groups.get(key.group().key()))
                        .ifPresentOrElse(
                                letter -> start(letter, true, letters.isDead(key, message)),
                                () -> cancelled(key, message, 0, "", now)));
        lanes.values().forEach(lane -> pump(lane, now));
    }

    /** Acts no more, since another instance may. */
    public void standBy() {
        running.clear();
        asleep.clear();
        intents.clear();
        lanes.clear();
        sending.set(0);
        flights.giveUp();
    }

    /** Sees to it that everybody is told of a group. */
    public void flush(Flush flush, Instant now) {
        Pipeline.Plan plan = board.pipeline().plan(flush, board.log());
        observer.planned(plan);
        boolean isQuiet = plan.flush().alerts().isEmpty();
        boolean isOver = plan.flush().alerts().stream().allMatch(plan.flush()::isResolved);
        Map<Integration, Step> steps = new HashMap<>();
        plan.steps().forEach(step -> steps.put(step.integration(), step));
        substitutes.ends(plan).forEach(step -> steps.put(step.integration(), step));
        List<Integration> all =
                new ArrayList<>(board.config().integrations(flush.id().receiver()));
        steps.keySet().stream().filter(each -> !all.contains(each)).forEach(all::add);

        var flight = flights.begin(flush);
        for (Integration integration : all) {
            NotificationLog.Key key = letters.key(flush, integration);
            Delivery current = running.get(key);
            Step step = steps.get(integration);
            if (isQuiet && step == null) {
                quiet(current, "", now);
                continue;
            }
            if (isOver && !integration.sendResolved()) { // it would say that something fires, and never that it ended
                quiet(current, "over before it could be told", now);
                current = running.get(key);
            }
            if (step instanceof Step.Remember remember && current == null) {
                remember(letters.of(plan.flush(), key, remember), now);
            } else if (current != null || step instanceof Step.Send) {
                flights.await(flight, key, step instanceof Step.Send);
                if (current != null && current.lastFailure != null) {
                    observer.late(integration, current.lastFailure);
                }
                if (step instanceof Step.Send send) {
                    tell(letters.of(plan.flush(), key, send), current);
                }
            }
        }
        intents.pump(now);
        flights.landIfDone(flight);
    }

    /** Nobody is to be told anything of the group now, but of a dead letter if somebody asked for that. */
    private void quiet(@Nullable Delivery current, String why, Instant now) {
        if (current != null) {
            current.newer = null;
            if (current.isWaiting() && !current.again) {
                cancel(current, why, now);
            }
        }
    }

    private void tell(Letter letter, @Nullable Delivery current) {
        if (current == null) {
            start(letter, false, false);
        } else if (current.again) {
            current.newer = letter; // of another incident
        } else if (current.letter
                .message()
                .tells(letter.message().firing(), letter.message().resolved())) {
            current.newer = null; // it is on its way
        } else if (current.isWaiting()) {
            replace(current, letter);
        } else {
            current.newer = letter;
        }
    }

    private void start(Letter letter, boolean intended, boolean again) {
        var delivery = new Delivery(nextSerial++, letter, intended, again);
        running.put(letter.key(), delivery);
        queue(delivery);
        observer.began(letter.integration());
    }

    /** To the bus first, then to its receiver. */
    private void queue(Delivery delivery) {
        delivery.state = Delivery.State.QUEUED;
        if (delivery.intended) {
            lane(delivery.letter).ready.add(delivery);
        } else {
            intents.add(delivery);
        }
    }

    private void replace(Delivery delivery, Letter by) {
        lane(delivery.letter).ready.remove(delivery);
        delivery.replace(by);
        if (delivery.state != Delivery.State.ASLEEP) {
            queue(delivery);
        }
    }

    /** What was decided meanwhile takes its place, unless it is a dead letter, which goes first. */
    private static void tellNewer(Delivery delivery) {
        if (delivery.newer != null && !delivery.again) {
            delivery.replace(delivery.newer);
        }
    }

    private Lane lane(Letter letter) {
        return lanes.computeIfAbsent(letter.integration().receiver(), _ -> new Lane());
    }

    /** Wakes what is to be tried again. */
    public void tick(Instant now) {
        while (!asleep.isEmpty() && !asleep.first().wakeAt.isAfter(now)) {
            Delivery delivery = asleep.pollFirst();
            queue(delivery);
            pump(lane(delivery.letter), now);
        }
        intents.pump(now);
    }

    /** When {@link #tick} has something to do; empty if nothing waits. */
    public Optional<Instant> nextDue() {
        return asleep.isEmpty() ? Optional.empty() : Optional.of(asleep.first().wakeAt);
    }

    private boolean isRunning(Delivery delivery) {
        return running.get(delivery.letter.key()) == delivery;
    }

    private void written(Delivery delivery, boolean taken, Instant now) {
        if (taken) {
            delivery.intended = true;
            board.began(delivery.letter.key(), delivery.letter.message());
        }
        tellNewer(delivery);
        if (taken) {
            queue(delivery);
            pump(lane(delivery.letter), now);
        } else {
            sleep(delivery, now.plus(BUS_PAUSE));
        }
    }

    /** Sends as many as there are places. */
    private void pump(Lane lane, Instant now) {
        while (lane.busy < MAX_BUSY && !lane.ready.isEmpty()) {
            Delivery delivery = lane.ready.removeFirst();
            if (!isRunning(delivery)) {
                continue;
            }
            Optional<Instant> pause = lane.pausedUntil(delivery.letter.integration(), now);
            if (pause.isPresent()) {
                sleep(delivery, pause.get());
            } else if (outlet.mayAct()) {
                send(delivery, lane, now);
            } else {
                sleep(delivery, now.plus(BUS_PAUSE)); // whoever may act knows of it
            }
        }
    }

    private void send(Delivery delivery, Lane lane, Instant now) {
        delivery.state = Delivery.State.SENDING;
        lane.busy++;
        sending.incrementAndGet();
        delivery.attempts++;
        if (delivery.firstAttempt == null) {
            delivery.firstAttempt = now;
        }
        Letter letter = delivery.letter;
        Notified last = board.log().last(letter.key());
        Map<String, String> remembered = last != null && last.isOpen(now) && !delivery.again ? last.data() : Map.of();
        outlet.send(letter, remembered, answer -> answered(delivery, lane, letter, answer));
    }

    private void answered(Delivery delivery, Lane lane, Letter letter, Answer answer) {
        Instant now = answer.at();
        observer.attempted(letter.integration(), answer.outcome());
        if (!isRunning(delivery)) {
            if (answer.outcome() instanceof Outcome.Delivered told && !delivery.again) {
                outlet.record(records.delivered(
                        letter, delivery.attempts, records.notified(letter, told.remember(), now), now));
            }
            return;
        }
        lane.busy--;
        sending.decrementAndGet();
        switch (answer.outcome()) {
            case Outcome.Delivered told -> delivered(delivery, told, now);
            case Outcome.Retry failed -> tryAgain(delivery, lane, failed, now);
            case Outcome.Refused failed -> giveUp(delivery, failed, failed.why(), now);
        }
        intents.pump(now);
        pump(lane, now);
    }

    private void delivered(Delivery delivery, Outcome.Delivered told, Instant now) {
        Letter letter = delivery.letter;
        board.ended(letter.key());
        Dead dead = board.dead(letter.key());
        if (dead != null && (delivery.again || DeadLetters.isCovered(dead, letter.message()))) {
            board.bury(letter.key(), null);
        }
        if (delivery.again) { // of an incident that is over: it says nothing of what the group was told
            outlet.record(records.ended(letter, delivery.attempts, NotificationEvent.Outcome.DELIVERED, "", now));
        } else {
            Notified notified = records.notified(letter, told.remember(), now);
            board.log().put(letter.key(), notified);
            outlet.record(records.delivered(letter, delivery.attempts, notified, now));
        }
        end(delivery, delivery.newer != null && letters.isStillWanted(delivery.newer, now) ? delivery.newer : null);
    }

    private void tryAgain(Delivery delivery, Lane lane, Outcome.Retry failed, Instant now) {
        delivery.lastFailure = failed;
        Instant first = delivery.firstAttempt == null ? now : delivery.firstAttempt;
        switch (retry.after(failed.failure(), delivery.attempts, first, now, random)) {
            case Retry.Next.GiveUp(var why) -> giveUp(delivery, failed, why, now);
            case Retry.Next.At(var when) -> {
                if (failed.after() != null) {
                    lane.pause(delivery.letter.integration(), when);
                }
                if (substitutes.isTime(first, now)) {
                    tellFallback(delivery, now);
                }
                tellNewer(delivery);
                sleep(delivery, when);
            }
        }
    }

    private void giveUp(Delivery delivery, Outcome failed, String why, Instant now) {
        Letter letter = delivery.letter;
        observer.failed(letter.integration(), failed);
        Dead before = board.dead(letter.key());
        if (!delivery.again) {
            board.bury(letter.key(), null); // its room is the new one's
            long room = board.budget().left();
            Dead dead = DeadLetters.of(letter, now, delivery.attempts, why, before, room);
            board.bury(letter.key(), dead);
            if (dead.omitted() > 0) {
                observer.cut(letter.integration(), dead.omitted());
            }
        } else if (before != null) { // else it was discarded meanwhile
            board.bury(letter.key(), DeadLetters.again(before, now, delivery.attempts, why));
        }
        board.ended(letter.key());
        outlet.record(records.ended(letter, delivery.attempts, NotificationEvent.Outcome.FAILED, why, now));
        if (!delivery.again) {
            tellFallback(delivery, now);
        }
        end(delivery, delivery.newer);
    }

    private void tellFallback(Delivery delivery, Instant now) {
        if (!delivery.fellBack) {
            delivery.fellBack = true;
            substitutes.instead(delivery.letter, now).stream()
                    .filter(letter -> !running.containsKey(letter.key()))
                    .forEach(letter -> start(letter, false, false));
        }
    }

    private void sleep(Delivery delivery, Instant until) {
        delivery.state = Delivery.State.ASLEEP;
        delivery.wakeAt = until;
        asleep.add(delivery);
    }

    private void remember(Letter letter, Instant now) {
        Notified notified = records.notified(letter, Map.of(), now);
        board.log().put(letter.key(), notified);
        outlet.record(records.skipped(letter, notified, now));
    }

    private void cancel(Delivery delivery, String why, Instant now) {
        asleep.remove(delivery);
        intents.remove(delivery);
        lane(delivery.letter).ready.remove(delivery);
        if (delivery.intended) {
            cancelled(delivery.letter.key(), delivery.letter.message(), delivery.attempts, why, now);
        }
        end(delivery, null);
    }

    private void cancelled(NotificationLog.Key key, Pending message, int attempts, String why, Instant now) {
        board.ended(key);
        outlet.record(records.cancelled(key, message, attempts, why, now));
    }

    /** @param newer what is to be told now; whoever waited for the one that ended waits for it */
    private void end(Delivery delivery, @Nullable Letter newer) {
        NotificationLog.Key key = delivery.letter.key();
        running.remove(key);
        if (newer != null) {
            start(newer, false, false);
            return;
        }
        flights.ended(key);
    }

    /** Sends a dead letter once more; whether there is one. */
    public boolean resend(NotificationLog.Key key, Instant now) {
        Dead dead = board.dead(key);
        Optional<Letter> letter = dead == null ? Optional.empty() : letters.again(key, dead);
        if (letter.isPresent() && !running.containsKey(key)) {
            start(letter.get(), false, true);
            intents.pump(now);
        }
        return letter.isPresent();
    }

    /** Forgets a dead letter; whether there was one. */
    public boolean discard(NotificationLog.Key key, Instant now) {
        if (board.dead(key) == null) {
            return false;
        }
        board.bury(key, null);
        outlet.record(records.state(key, now));
        return true;
    }

    /** Says of a dead letter again that it is one; a later word on one that is being sent follows anyway. */
    public void keep(NotificationLog.Key key, Instant now) {
        if (board.dead(key) != null && !running.containsKey(key)) {
            outlet.record(records.state(key, now));
        }
    }

    /** Ends the letters to integrations that a new configuration does not have. */
    public void reloaded(Instant now) {
        running.values().stream()
                .filter(Delivery::isWaiting)
                .filter(delivery -> letters.integration(delivery.letter.key()).isEmpty())
                .toList()
                .forEach(delivery -> cancel(delivery, "", now));
    }

    /** Letters on their way. */
    public int size() {
        return running.size();
    }

    /** Letters that are being sent, of all receivers. */
    public int busy() {
        return sending.get();
    }

    /** Letters that failed and will be tried again. */
    public int asleep() {
        return asleep.size();
    }
}
