package caretaker.recovery;

import caretaker.recovery.containers.Scope.Consent;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.engine.Engine;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input;
import caretaker.recovery.incident.Input.ProbeAnswer;
import caretaker.recovery.incident.Recoveries;
import caretaker.recovery.playbook.Playbook;
import caretaker.recovery.playbook.Rung;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scheduled verification: every container that may be repaired is looked at and its service is asked, whatever the
 * agent says. One round at a time, on a thread of its own.
 */
final class Rounds {
    private static final Logger LOGGER = LoggerFactory.getLogger(Rounds.class);
    private static final Duration SHOW_EVERY = Duration.ofSeconds(1);

    private final Engine engine;
    private final ExecutorService threads;
    private final RecoveryMetrics metrics;
    private final Duration every;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private long verified = System.nanoTime(); // of the caller's thread
    private long shown = System.nanoTime() - SHOW_EVERY.toNanos();

    /** @param every zero: never */
    Rounds(Engine engine, ExecutorService threads, RecoveryMetrics metrics, Duration every) {
        this.engine = engine;
        this.threads = threads;
        this.metrics = metrics;
        this.every = every;
    }

    /** To be called again and again by one thread. Returns at once. */
    void ifDue(Desk desk) {
        long now = System.nanoTime();
        if (now - shown >= SHOW_EVERY.toNanos()) {
            shown = now;
            var _ = desk.ask((recoveries, at) -> {
                metrics.show(recoveries.states(at), recoveries.managed(), recoveries.isBreakerOpen());
                return true;
            });
        }
        if (!every.isZero() && now - verified >= every.toNanos() && underWay.compareAndSet(false, true)) {
            verified = now;
            threads.execute(() -> round(desk));
        }
    }

    private void round(Desk desk) {
        try {
            Map<String, Integer> ill = new TreeMap<>();
            for (Recoveries.View view : desk.ask(Recoveries::views).get()) {
                Sighting seen = view.seen();
                if (seen != null && view.consent() instanceof Consent.Given) {
                    boolean isWell = look(desk, seen);
                    ill.merge(metrics.service(seen.identity()), isWell ? 0 : 1, Integer::sum);
                }
            }
            metrics.verified(ill);
            LOGGER.atInfo()
                    .addKeyValue("services", ill.size())
                    .addKeyValue(
                            "ill", ill.values().stream().mapToInt(each -> each).sum())
                    .log("all containers were verified");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOGGER.atWarn().setCause(e.getCause()).log("the round over all containers was broken off");
        } finally {
            underWay.set(false);
        }
    }

    /** Whether it is well; if not, the desk is told. */
    private boolean look(Desk desk, Sighting seen) throws InterruptedException, ExecutionException {
        Playbook playbook = desk.ask((recoveries, _) -> recoveries.playbook(seen, List.of()))
                .get();
        var look =
                new Effect.Look(0, seen.identity(), playbook.probe(), Rung.Requirement.NOTHING, false, "", List.of());
        if (!(engine.lookAround(look) instanceof Input.Looked looked)) {
            return false;
        }
        Sighting now = looked.sighting();
        if (now == null) {
            return true; // it is gone, and nobody misses it
        }
        desk.tell(new Input.Verified(now, looked.probe()));
        if (playbook.probe() == Playbook.Probe.PROMETHEUS && looked.probe() == ProbeAnswer.PASSED && !now.isIll()) {
            engine.keepConfig(now);
        }
        return !now.isIll() && looked.probe() != ProbeAnswer.FAILED;
    }
}
