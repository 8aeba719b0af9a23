@NullMarked
package caretaker.collector.ingest;

import org.jspecify.annotations.NullMarked;
