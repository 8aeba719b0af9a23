package caretaker.agent.poll;

import caretaker.contracts.HealthEvent;

/** Where a host's records go. Safe for the poll thread and the watchdog; neither call waits for a broker. */
public interface Bus {
    /** May be dropped for newer ones when there is no room. */
    void readings(String host, byte[] record);

    /** Is kept until a broker has it. */
    void event(HealthEvent event);
}
