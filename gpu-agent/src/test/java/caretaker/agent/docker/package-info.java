@NullMarked
package caretaker.agent.docker;

import org.jspecify.annotations.NullMarked;
