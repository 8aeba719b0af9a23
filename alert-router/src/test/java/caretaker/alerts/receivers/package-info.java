@NullMarked
package caretaker.alerts.receivers;

import org.jspecify.annotations.NullMarked;
