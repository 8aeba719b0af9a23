package caretaker.alerts.routing;

import java.util.Locale;

/**
 * One way in which a receiver is reached.
 *
 * @param index its place among those of its kind at this receiver, from 0
 * @param sendResolved whether it is told of ends
 */
public record Integration(String receiver, Kind kind, int index, boolean sendResolved) {

    /** The kinds that are there, with what {@code send_resolved} is if nobody says. */
    public enum Kind {
        WEBHOOK(true),
        EMAIL(false),
        PAGERDUTY(true),
        SLACK(false);

        private final boolean sendResolved;

        Kind(boolean sendResolved) {
            this.sendResolved = sendResolved;
        }

        public boolean sendResolved() {
            return sendResolved;
        }

        /** As in Alertmanager's metrics and logs. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** As Alertmanager names it: {@code webhook[0]}. */
    public String name() {
        return kind.word() + "[" + index + "]";
    }
}
