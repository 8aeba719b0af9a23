/**
 * From a failure to its repair: one state machine for each container, and what holds all of them back. Decides only.
 *
 * <p>{@link caretaker.recovery.incident.Recoveries} is all that an edge needs to know: it takes an
 * {@link caretaker.recovery.incident.Input} and the time and answers with {@link caretaker.recovery.incident.Effect}s.
 */
@NullMarked
package caretaker.recovery.incident;

import org.jspecify.annotations.NullMarked;
