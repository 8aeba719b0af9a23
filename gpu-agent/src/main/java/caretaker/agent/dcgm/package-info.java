/** Readings of a dcgm-exporter: its text, its names and units, and how they are joined with those of the driver. */
@NullMarked
package caretaker.agent.dcgm;

import org.jspecify.annotations.NullMarked;
