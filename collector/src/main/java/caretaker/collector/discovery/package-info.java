/**
 * What Prometheus is to scrape, from the inventories of the hosts, as plain code: inventories go in, lists of targets
 * come out.
 *
 * <p>Nothing here trusts an inventory: {@link caretaker.collector.discovery.TargetGuard} says what may become a target.
 */
@NullMarked
package caretaker.collector.discovery;

import org.jspecify.annotations.NullMarked;
