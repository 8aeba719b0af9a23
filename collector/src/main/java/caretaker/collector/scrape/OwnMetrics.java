package caretaker.collector.scrape;

import caretaker.collector.exposition.Format;
import java.io.IOException;
import java.io.OutputStream;

/** The metrics of the process itself. They follow the fleet's in the same document, and end it. */
@FunctionalInterface
public interface OwnMetrics {
    void write(Format format, OutputStream out) throws IOException;
}
