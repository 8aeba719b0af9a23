/** The edge to the Docker engine: its event stream, its lists, its answers. Decides nothing. */
@NullMarked
package caretaker.agent.docker;

import org.jspecify.annotations.NullMarked;
