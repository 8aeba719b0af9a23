/** The same configuration and the same pushes, given to Debian's Alertmanager and to the alert router. */
@NullMarked
package caretaker.alerts.differential;

import org.jspecify.annotations.NullMarked;
