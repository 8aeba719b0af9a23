/** Serves {@code /metrics}: renders on threads of its own and hands the bytes to the event loop as it takes them. */
@NullMarked
package caretaker.collector.scrape;

import org.jspecify.annotations.NullMarked;
