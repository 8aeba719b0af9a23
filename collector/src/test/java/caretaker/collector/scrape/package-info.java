@NullMarked
package caretaker.collector.scrape;

import org.jspecify.annotations.NullMarked;
