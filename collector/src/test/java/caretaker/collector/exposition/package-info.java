@NullMarked
package caretaker.collector.exposition;

import org.jspecify.annotations.NullMarked;
