package caretaker.agent.health;

/** How often a GPU has had an XID, over all runs of the agent, and when the last time was. */
public record CountedXid(String uuid, int code, long times, long lastUnixMillis) {}
