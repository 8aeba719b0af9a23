package caretaker.agent.poll;

/** Where a host's readings go. Safe for the poll thread and the watchdog; does not wait for a broker. */
public interface Bus {
    /** May be dropped for newer ones when there is no room. */
    void readings(String host, byte[] record);
}
