/** What the service reads on the bus, and how it writes there. */
@NullMarked
package caretaker.recovery.bus;

import org.jspecify.annotations.NullMarked;
