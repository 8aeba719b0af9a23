/** The edge to the Docker engine: looks at its containers and does to them what was decided. Decides nothing. */
@NullMarked
package caretaker.recovery.engine;

import org.jspecify.annotations.NullMarked;
