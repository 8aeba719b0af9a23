/** Measurements, run by hand: see the module's README. */
@NullMarked
package caretaker.collector.bench;

import org.jspecify.annotations.NullMarked;
