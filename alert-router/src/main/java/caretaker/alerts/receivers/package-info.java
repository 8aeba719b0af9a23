/**
 * What tells people: mail, Slack, webhooks and PagerDuty. A {@link caretaker.alerts.receivers.Sender} makes one attempt
 * and says how it ended; when to try again is decided elsewhere.
 */
@NullMarked
package caretaker.alerts.receivers;

import org.jspecify.annotations.NullMarked;
