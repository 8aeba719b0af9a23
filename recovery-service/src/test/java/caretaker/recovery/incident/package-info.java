@NullMarked
package caretaker.recovery.incident;

import org.jspecify.annotations.NullMarked;
