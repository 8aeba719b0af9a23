/** What the other services say, read from the bus and brought to the built-in alerts. */
@NullMarked
package caretaker.alerts.news;

import org.jspecify.annotations.NullMarked;
