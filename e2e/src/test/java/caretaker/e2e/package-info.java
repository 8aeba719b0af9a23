/** The whole: every service over a real broker, faults injected, and the rules that hold the modules together. */
@NullMarked
package caretaker.e2e;

import org.jspecify.annotations.NullMarked;
