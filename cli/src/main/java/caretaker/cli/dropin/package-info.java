/** Alertmanager's command line, and what of it means something here. Pure. */
@NullMarked
package caretaker.cli.dropin;

import org.jspecify.annotations.NullMarked;
