package caretaker.agent.xid;

import java.time.Duration;

/**
 * The times and numbers by which XIDs are told apart.
 *
 * @param join the same code on the same GPU and process within this time is the same XID, from whatever source
 * @param hold how long an event of the driver waits for its line in the kernel log
 * @param repeats the same again within this time is counted and told once, at its end
 * @param follows a follow-on code within this time after another one is counted with it
 * @param containers so many different containers that hit the same GPU make a fault of the hardware
 * @param escalation within this time
 */
public record XidSettings(
        Duration join, Duration hold, Duration repeats, Duration follows, int containers, Duration escalation) {
    /** The driver writes its line before it sends the event; they are milliseconds apart. */
    public static final Duration HOLD = Duration.ofMillis(20);

    public static final Duration JOIN = Duration.ofSeconds(2);

    public static final XidSettings DEFAULT =
            new XidSettings(JOIN, HOLD, Duration.ofMinutes(1), Duration.ofMinutes(1), 3, Duration.ofHours(24));
}
