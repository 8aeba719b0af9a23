/**
 * Settings: one YAML file into one record, strictly, every problem at once with its line and a hint.
 *
 * <p>The YAML file is the public contract, the records follow it: component {@code forgetAfter} is key {@code
 * forget-after}.
 */
@NullMarked
package caretaker.chassis.config;

import org.jspecify.annotations.NullMarked;
