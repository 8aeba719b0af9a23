@NullMarked
package caretaker.recovery.playbook;

import org.jspecify.annotations.NullMarked;
