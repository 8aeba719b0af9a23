@NullMarked
package caretaker.alerts.routing;

import org.jspecify.annotations.NullMarked;
