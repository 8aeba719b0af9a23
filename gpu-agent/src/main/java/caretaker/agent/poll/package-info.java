/** When a host is read, on which thread, and what happens when a read does not come back. */
@NullMarked
package caretaker.agent.poll;

import org.jspecify.annotations.NullMarked;
