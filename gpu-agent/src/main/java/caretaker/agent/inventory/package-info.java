/** What this host has, and where Prometheus finds metrics on it, put together and told when it changes. */
@NullMarked
package caretaker.agent.inventory;

import org.jspecify.annotations.NullMarked;
