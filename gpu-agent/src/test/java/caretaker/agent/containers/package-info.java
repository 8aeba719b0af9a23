@NullMarked
package caretaker.agent.containers;

import org.jspecify.annotations.NullMarked;
