package caretaker.agent.health;

import caretaker.contracts.GpuIdentity;

/**
 * A GPU as its driver named it last: for a run of the agent that finds no driver to ask.
 *
 * @param identity with empty words where the driver has never told
 */
public record KnownGpu(String uuid, int index, GpuIdentity identity) {}
