@NullMarked
package caretaker.agent.sampling;

import org.jspecify.annotations.NullMarked;
