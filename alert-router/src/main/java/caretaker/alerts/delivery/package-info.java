/** From a group whose time has come to a message that was sent. */
@NullMarked
package caretaker.alerts.delivery;

import org.jspecify.annotations.NullMarked;
