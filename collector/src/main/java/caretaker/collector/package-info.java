/**
 * The collector: readings of all GPU hosts in, one {@code /metrics} out.
 *
 * <p>{@code ingest} fills {@code state} from Kafka, {@code scrape} writes it out through {@code exposition}. {@code
 * state} and {@code exposition} decide everything that a user sees, and know neither Kafka nor HTTP.
 */
@NullMarked
package caretaker.collector;

import org.jspecify.annotations.NullMarked;
