/** Alertmanager's configuration file, read as Alertmanager reads it. Decides only: no Vert.x, no Kafka. */
@NullMarked
package caretaker.alerts.config;

import org.jspecify.annotations.NullMarked;
