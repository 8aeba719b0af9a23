/** The service on every GPU host: reads its GPUs and puts what it sees on the bus. */
@NullMarked
package caretaker.agent;

import org.jspecify.annotations.NullMarked;
