@NullMarked
package caretaker.cli;

import org.jspecify.annotations.NullMarked;
