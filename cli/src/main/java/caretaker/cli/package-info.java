/** The {@code caretaker} command: one class a subcommand; what it starts lives in the services' own modules. */
@NullMarked
package caretaker.cli;

import org.jspecify.annotations.NullMarked;
