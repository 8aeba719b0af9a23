@NullMarked
package caretaker.alerts.delivery;

import org.jspecify.annotations.NullMarked;
