/** What the demo shows of repairs: a real container on this machine's Docker engine. */
@NullMarked
package caretaker.cli.demo;

import org.jspecify.annotations.NullMarked;
