@NullMarked
package caretaker.recovery.report;

import org.jspecify.annotations.NullMarked;
