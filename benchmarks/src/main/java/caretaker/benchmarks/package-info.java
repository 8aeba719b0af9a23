/** Measurements against limits and peers, each in one run on one machine. Not tests: they never fail a build. */
@NullMarked
package caretaker.benchmarks;

import org.jspecify.annotations.NullMarked;
