package caretaker.agent.poll;

import caretaker.contracts.GpuIdentity;
import caretaker.contracts.HostInfo;
import caretaker.contracts.Readings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Is shown the host after each poll, on the poll thread. Must return at once and keep nothing of what it is shown. */
@FunctionalInterface
public interface HostListener {
    /**
     * The host as the poll that has just ended left it.
     *
     * @param identities of the GPUs, in the order of the readings; null while the driver has never told
     */
    void seen(HostInfo info, Readings readings, List<@Nullable GpuIdentity> identities);
}
