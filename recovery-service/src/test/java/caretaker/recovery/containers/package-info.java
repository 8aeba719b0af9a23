@NullMarked
package caretaker.recovery.containers;

import org.jspecify.annotations.NullMarked;
