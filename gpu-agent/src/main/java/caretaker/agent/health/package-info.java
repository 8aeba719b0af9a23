/** What is wrong with a host: findings become events, each raised once and cleared once. */
@NullMarked
package caretaker.agent.health;

import org.jspecify.annotations.NullMarked;
