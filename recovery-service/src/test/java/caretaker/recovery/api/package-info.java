@NullMarked
package caretaker.recovery.api;

import org.jspecify.annotations.NullMarked;
