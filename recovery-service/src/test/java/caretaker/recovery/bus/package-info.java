@NullMarked
package caretaker.recovery.bus;

import org.jspecify.annotations.NullMarked;
