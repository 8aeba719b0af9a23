/** Asks programs over HTTP or TCP whether they are well, and says so when they are not. */
@NullMarked
package caretaker.agent.probe;

import org.jspecify.annotations.NullMarked;
