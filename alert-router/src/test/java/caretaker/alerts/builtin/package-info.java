@NullMarked
package caretaker.alerts.builtin;

import org.jspecify.annotations.NullMarked;
