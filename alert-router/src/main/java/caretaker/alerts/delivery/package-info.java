/**
 * What becomes of a flush: which messages are on their way to whom, and how they end. Decides; an {@link Outlet} acts.
 */
@NullMarked
package caretaker.alerts.delivery;

import org.jspecify.annotations.NullMarked;
