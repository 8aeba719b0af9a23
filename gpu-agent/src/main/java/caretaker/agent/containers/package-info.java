/** What containers are on a host, which process is in which, and what is wrong with them. Knows no Docker client. */
@NullMarked
package caretaker.agent.containers;

import org.jspecify.annotations.NullMarked;
