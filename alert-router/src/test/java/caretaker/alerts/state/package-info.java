@NullMarked
package caretaker.alerts.state;

import org.jspecify.annotations.NullMarked;
