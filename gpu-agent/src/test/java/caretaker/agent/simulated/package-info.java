@NullMarked
package caretaker.agent.simulated;

import org.jspecify.annotations.NullMarked;
