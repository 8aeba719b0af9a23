@NullMarked
package caretaker.alerts.api;

import org.jspecify.annotations.NullMarked;
