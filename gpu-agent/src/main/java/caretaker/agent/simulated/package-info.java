/** GPU hosts that are made up: for the demo, for load tests, for machines without a GPU. */
@NullMarked
package caretaker.agent.simulated;

import org.jspecify.annotations.NullMarked;
