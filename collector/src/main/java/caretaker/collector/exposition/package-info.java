/**
 * Turns a {@link caretaker.collector.state.Snapshot} into the bytes that Prometheus reads, in three formats.
 *
 * <p>Built for hundreds of thousands of series: the labels of a GPU are rendered once for all its series, numbers are
 * written from the integers that travelled, and a sample allocates nothing.
 */
@NullMarked
package caretaker.collector.exposition;

import org.jspecify.annotations.NullMarked;
