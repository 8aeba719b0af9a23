@NullMarked
package caretaker.agent.xid;

import org.jspecify.annotations.NullMarked;
