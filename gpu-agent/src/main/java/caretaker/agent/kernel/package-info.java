/** The kernel's own messages: from its device or from a file, record by record. */
@NullMarked
package caretaker.agent.kernel;

import org.jspecify.annotations.NullMarked;
