/** Containers as the engine shows them, who may be touched, and who needs whom. Decides only. */
@NullMarked
package caretaker.recovery.containers;

import org.jspecify.annotations.NullMarked;
