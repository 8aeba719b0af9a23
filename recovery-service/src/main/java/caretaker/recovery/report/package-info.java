/** The report of an incident, for people. Renders only; the edge reads and writes the files. */
@NullMarked
package caretaker.recovery.report;

import org.jspecify.annotations.NullMarked;
