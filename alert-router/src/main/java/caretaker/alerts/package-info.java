/** The alert router: tells people what is wrong, in Alertmanager's language. */
@NullMarked
package caretaker.alerts;

import org.jspecify.annotations.NullMarked;
