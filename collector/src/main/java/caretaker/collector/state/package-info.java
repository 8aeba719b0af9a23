/**
 * What the collector knows of the hosts, as plain code: records go in, a consistent copy comes out.
 *
 * <p>One thread takes records in ({@link caretaker.collector.state.Fleet#take} and everything else that changes the
 * fleet); any thread may copy ({@link caretaker.collector.state.Fleet#copyTo}). Nothing here knows Kafka or HTTP.
 */
@NullMarked
package caretaker.collector.state;

import org.jspecify.annotations.NullMarked;
