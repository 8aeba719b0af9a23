/** Go's text/template and html/template as Alertmanager's users write them. Decides only: no Vert.x, no Kafka. */
@NullMarked
package caretaker.alerts.template;

import org.jspecify.annotations.NullMarked;
