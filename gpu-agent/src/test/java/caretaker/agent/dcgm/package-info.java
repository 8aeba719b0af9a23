@NullMarked
package caretaker.agent.dcgm;

import org.jspecify.annotations.NullMarked;
