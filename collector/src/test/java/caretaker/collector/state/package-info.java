@NullMarked
package caretaker.collector.state;

import org.jspecify.annotations.NullMarked;
