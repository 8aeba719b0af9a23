/**
 * How a service lives: it reads settings, consumes, produces, answers operators, and stops in order. Parts are composed
 * in the service's own assembly and never inherited from. Nothing here knows an event.
 */
@NullMarked
package caretaker.chassis;

import org.jspecify.annotations.NullMarked;
