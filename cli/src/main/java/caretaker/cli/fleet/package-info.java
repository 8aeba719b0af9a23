/** What the bus says of all hosts at one moment, and what to think of it. Reads records; knows no Kafka. */
@NullMarked
package caretaker.cli.fleet;

import org.jspecify.annotations.NullMarked;
