/** Which alert goes to whom and when: matchers, routes, groups, inhibition, silences, time intervals. Decides only. */
@NullMarked
package caretaker.alerts.routing;

import org.jspecify.annotations.NullMarked;
