package caretaker.agent;

import caretaker.agent.health.Finding;
import caretaker.agent.health.HealthLedger;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Severity;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who tells XIDs on one host: the driver's events and the kernel's log. One that does not is a condition, and where
 * neither does, that says so: nobody would see an XID. Called by the poll thread and the kernel log's thread.
 */
final class XidSources {
    private static final String EVENTS = "driver-events";
    private static final String LOG = "kernel-log";

    private final HealthEvent.Entity host;
    private final HealthLedger ledger;
    private final boolean hasDriver;
    private final boolean readsLog;
    private @Nullable String noEvents; // why
    private @Nullable String noLog; // why
    private final Map<Condition, Finding> said = new HashMap<>();

    /**
     * @param hasDriver whether there is a driver here whose events could be asked for
     * @param readsLog whether the kernel's log is to be read
     */
    XidSources(HealthEvent.Entity host, HealthLedger ledger, boolean hasDriver, boolean readsLog) {
        this.host = host;
        this.ledger = ledger;
        this.hasDriver = hasDriver;
        this.readsLog = readsLog;
        noLog = readsLog ? null : "kernel-log.source is none";
    }

    /** The driver gives events; or does not, and why. */
    synchronized void events(@Nullable String whyNot) {
        noEvents = whyNot;
        say(Condition.GPU_EVENTS_UNAVAILABLE);
        if (noLog != null && readsLog) {
            say(Condition.KERNEL_LOG_UNAVAILABLE);
        }
    }

    /** The kernel's log can be read; or cannot, and why. */
    synchronized void kernelLog(@Nullable String whyNot) {
        noLog = whyNot;
        say(Condition.KERNEL_LOG_UNAVAILABLE);
        if (noEvents != null) {
            say(Condition.GPU_EVENTS_UNAVAILABLE);
        }
    }

    /** What is raised in other words than before is over and begins anew. */
    private void say(Condition condition) {
        boolean ofEvents = condition == Condition.GPU_EVENTS_UNAVAILABLE;
        Finding now = ofEvents ? withoutEvents() : withoutLog();
        Finding before = said.get(condition);
        if (now == null || (before != null && !before.equals(now))) {
            said.remove(condition);
            ledger.clear(condition, host.id());
        }
        if (now != null && !now.equals(before)) {
            said.put(condition, now);
            ledger.raise(ofEvents ? EVENTS : LOG, now);
        }
    }

    private @Nullable Finding withoutEvents() {
        if (noEvents == null) {
            return null;
        }
        return noLog == null
                ? finding(
                        Condition.GPU_EVENTS_UNAVAILABLE,
                        Severity.INFO,
                        "the driver gives no events, so XIDs come from the kernel log alone: " + noEvents,
                        noEvents)
                : finding(
                        Condition.GPU_EVENTS_UNAVAILABLE,
                        Severity.WARNING,
                        "nobody tells XIDs here: the driver gives no events (" + noEvents
                                + "), and the kernel log is not read (" + noLog + ")",
                        noEvents);
    }

    private @Nullable Finding withoutLog() {
        if (noLog == null) {
            return null;
        }
        String without;
        if (!hasDriver) {
            without = ", and without a driver nothing else tells XIDs here: ";
        } else if (noEvents != null) {
            without = ", and the driver gives no events, so nobody tells XIDs here: ";
        } else {
            without = ", so XIDs come without their process: ";
        }
        return finding(
                Condition.KERNEL_LOG_UNAVAILABLE,
                hasDriver ? Severity.INFO : Severity.WARNING, // where there is a driver, its condition is the warning
                "the kernel log cannot be read" + without + noLog,
                noLog);
    }

    private Finding finding(Condition condition, Severity severity, String message, String reason) {
        return new Finding(condition, severity, condition.action(), host, "", message, Map.of("reason", reason));
    }
}
