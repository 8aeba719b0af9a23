/**
 * Go's text/template and html/template as Alertmanager's users write them. Decides only: no Vert.x, no Kafka.
 *
 * <p>A template's source becomes {@link caretaker.alerts.template.Token}s, then {@link
 * caretaker.alerts.template.Node}s, then text. For HTML the nodes are first rewritten so that each action escapes for
 * the place where it stands. Inside, a Go value is a Java object: {@code string} String, {@code bool} Boolean, {@code
 * int} Long, {@code float64} Double, nil {@link caretaker.alerts.template.GoNil}, all else a {@code Go…} record.
 */
@NullMarked
package caretaker.alerts.template;

import org.jspecify.annotations.NullMarked;
