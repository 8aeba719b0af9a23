@NullMarked
package caretaker.agent.kernel;

import org.jspecify.annotations.NullMarked;
