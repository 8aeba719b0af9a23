/** Repairs the containers of one Docker engine: the process, its settings, and how its parts are put together. */
@NullMarked
package caretaker.recovery;

import org.jspecify.annotations.NullMarked;
