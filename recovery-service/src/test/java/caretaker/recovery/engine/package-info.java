@NullMarked
package caretaker.recovery.engine;

import org.jspecify.annotations.NullMarked;
