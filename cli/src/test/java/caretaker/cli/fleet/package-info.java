@NullMarked
package caretaker.cli.fleet;

import org.jspecify.annotations.NullMarked;
