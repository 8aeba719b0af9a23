@NullMarked
package caretaker.cli.dropin;

import org.jspecify.annotations.NullMarked;
