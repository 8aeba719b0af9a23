/**
 * One Kafka node inside this JVM, for a machine that has no Kafka and for tests. Its log is the same as that of any
 * other Kafka: every client can read and write it, and its data outlives the process.
 */
@NullMarked
package caretaker.broker;

import org.jspecify.annotations.NullMarked;
