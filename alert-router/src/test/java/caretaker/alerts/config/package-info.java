@NullMarked
package caretaker.alerts.config;

import org.jspecify.annotations.NullMarked;
