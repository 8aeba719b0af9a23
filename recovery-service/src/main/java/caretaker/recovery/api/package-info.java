/** What people and programs see of the recovery service over HTTP, and ask of it. */
@NullMarked
package caretaker.recovery.api;

import org.jspecify.annotations.NullMarked;
