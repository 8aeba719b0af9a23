@NullMarked
package caretaker.agent.probe;

import org.jspecify.annotations.NullMarked;
