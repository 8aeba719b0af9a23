/**
 * What crosses the bus, and nothing else: readings, events, topics.
 *
 * <p>Readings are Protobuf ({@code caretaker/v1/readings.proto}), events are CloudEvents 1.0 JSON
 * ({@code caretaker/v1/*.schema.json}). Fields are only ever added. A reader skips what it does not know; what it
 * cannot read at all it sends to {@code caretaker.dead-letters}.
 */
@NullMarked
package caretaker.contracts;

import org.jspecify.annotations.NullMarked;
