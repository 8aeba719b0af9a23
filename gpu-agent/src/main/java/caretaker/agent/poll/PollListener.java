package caretaker.agent.poll;

import caretaker.contracts.Column;
import java.time.Duration;

/** Is told how polling goes; for the agent's own metrics. Called by the poll thread and the watchdog. */
public interface PollListener {
    /** A poll has ended. */
    void polled(Column.Tier tier, Duration took);

    /** So many polls were left out because earlier ones took too long. */
    void missed(long polls);

    /** So many MIG devices, containers, processes or XIDs more were left out of a record: readers take no more. */
    void partsLeftOut(long parts);

    /** A call has run for too long, or has come back after all. */
    void stuck(String function, boolean stuck);
}
