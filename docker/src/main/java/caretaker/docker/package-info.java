/** How a service asks a Docker engine: docker-java over the HTTP client that is there anyway. Knows no event. */
@NullMarked
package caretaker.docker;

import org.jspecify.annotations.NullMarked;
