/** From a driver's answers to one host's readings, and to what is wrong on that host. Knows no Kafka and no HTTP. */
@NullMarked
package caretaker.agent.sampling;

import org.jspecify.annotations.NullMarked;
