@NullMarked
package caretaker.collector;

import org.jspecify.annotations.NullMarked;
