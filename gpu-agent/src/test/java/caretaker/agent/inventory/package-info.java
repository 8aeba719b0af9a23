@NullMarked
package caretaker.agent.inventory;

import org.jspecify.annotations.NullMarked;
