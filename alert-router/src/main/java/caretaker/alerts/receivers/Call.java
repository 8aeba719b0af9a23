package caretaker.alerts.receivers;

import java.time.Duration;

/** How long one attempt may take. */
final class Call {
    /** For who says nothing. Alertmanager then waits as long as the flush lasts. */
    static final Duration HTTP = Duration.ofSeconds(30);
    /** A mail takes many steps. */
    static final Duration MAIL = Duration.ofSeconds(60);

    private Call() {}

    static Duration timeout(Duration configured) {
        return configured.isPositive() ? configured : HTTP;
    }
}
