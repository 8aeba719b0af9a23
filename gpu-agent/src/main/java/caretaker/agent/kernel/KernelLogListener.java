package caretaker.agent.kernel;

import java.time.Duration;

/** Is told what the kernel says, on the reader's thread. */
public interface KernelLogListener {
    /**
     * A message of the kernel.
     *
     * @param age how long ago it was written, as far as that is known
     */
    void message(String text, Duration age);

    /** The log is read from now on. */
    void available();

    /** The log cannot be read; it is tried again. Said for each new reason. */
    void unavailable(String reason);

    /** So many messages were overwritten before they were read. */
    void lost(long messages);

    /** So many lines were not readable. */
    void garbage(long lines);
}
