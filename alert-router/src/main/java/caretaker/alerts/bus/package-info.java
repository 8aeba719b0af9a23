/** Alerts, silences and notifications as they are on the bus. */
@NullMarked
package caretaker.alerts.bus;

import org.jspecify.annotations.NullMarked;
