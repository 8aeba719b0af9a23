/** From the readings topic into the fleet, on the poll loop's thread. */
@NullMarked
package caretaker.collector.ingest;

import org.jspecify.annotations.NullMarked;
