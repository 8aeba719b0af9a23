@NullMarked
package caretaker.alerts;

import org.jspecify.annotations.NullMarked;
