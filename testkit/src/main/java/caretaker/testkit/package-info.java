/** What tests of several modules need. Never on the class path of a service. */
@NullMarked
package caretaker.testkit;

import org.jspecify.annotations.NullMarked;
