/**
 * The driver's error codes: how they are written, what each means, and which of them are news. It decides; the files it
 * reads are its own tables.
 */
@NullMarked
package caretaker.agent.xid;

import org.jspecify.annotations.NullMarked;
