package caretaker.agent.health;

/**
 * What a later run of the agent must know of a GPU that no reading says.
 *
 * @param eccAccepted uncorrectable errors that somebody has lived with for long enough; 0: none
 * @param nvlinks the most NVLinks that were ever up; 0: none
 */
public record GpuMemory(String uuid, long eccAccepted, long nvlinks) {}
