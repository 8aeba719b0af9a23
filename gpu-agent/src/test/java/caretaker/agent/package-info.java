@NullMarked
package caretaker.agent;

import org.jspecify.annotations.NullMarked;
