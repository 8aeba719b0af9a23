/**
 * NVIDIA's management library through {@code java.lang.foreign}. What is called and how the structures lie in memory
 * is written in {@code nvml.functions} and {@code nvml.structs} beside this package's classes; {@link
 * caretaker.agent.nvml.Nvml} is the way in. Nothing here throws because of what a driver answers: results are codes
 * and {@link caretaker.agent.nvml.Answer}s. Everything belongs to one platform thread, because a sick driver may keep
 * a call for ever; only {@link caretaker.agent.nvml.EventSet#await} may run on a thread of its own.
 */
@NullMarked
package caretaker.agent.nvml;

import org.jspecify.annotations.NullMarked;
