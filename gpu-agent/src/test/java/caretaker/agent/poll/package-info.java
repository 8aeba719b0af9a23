@NullMarked
package caretaker.agent.poll;

import org.jspecify.annotations.NullMarked;
