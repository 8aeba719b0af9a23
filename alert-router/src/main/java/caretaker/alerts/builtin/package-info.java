/** The alerts that the router makes itself, of what the other services say on the bus. Decides; touches no edge. */
@NullMarked
package caretaker.alerts.builtin;

import org.jspecify.annotations.NullMarked;
