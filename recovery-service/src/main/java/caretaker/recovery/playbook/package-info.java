/** What is done about which failure: playbooks, their file, and what lines of a log say. Decides only. */
@NullMarked
package caretaker.recovery.playbook;

import org.jspecify.annotations.NullMarked;
