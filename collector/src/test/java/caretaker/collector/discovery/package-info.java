@NullMarked
package caretaker.collector.discovery;

import org.jspecify.annotations.NullMarked;
