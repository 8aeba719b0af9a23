/** All that the router knows, and the one thread that may touch it. Decides; touches no edge. */
@NullMarked
package caretaker.alerts.state;

import org.jspecify.annotations.NullMarked;
