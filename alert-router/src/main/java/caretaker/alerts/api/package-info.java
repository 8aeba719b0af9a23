/** Alertmanager's HTTP API, version 2. */
@NullMarked
package caretaker.alerts.api;

import org.jspecify.annotations.NullMarked;
