@NullMarked
package caretaker.alerts.bus;

import org.jspecify.annotations.NullMarked;
