package caretaker.agent.sampling;

import caretaker.agent.health.Finding;
import caretaker.agent.health.KnownGpu;
import caretaker.contracts.Column;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.HostInfo;
import caretaker.contracts.Readings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The GPUs of one host, as their driver shows them.
 *
 * <p>One thread uses it, from the first poll to {@link #close}, because any call may block for as long as a sick driver
 * likes.
 */
public interface GpuSource extends AutoCloseable {
    /**
     * Brings the GPUs and the counts of {@code readings} up to date: the values of {@code tier} and of all faster
     * tiers; those of slower tiers stay as the last poll left them. Always the same object, and nobody else changes
     * its GPUs.
     *
     * @return all that is wrong now, whether or not it was before
     */
    List<Finding> poll(Column.Tier tier, Readings readings);

    /** The software on the host, as far as the driver has told. */
    HostInfo info();

    /** Who the GPU at a place of the readings is, or null while the driver has never told. */
    @Nullable GpuIdentity identity(int place);

    /** Goes on with the GPUs of a former run until it knows better. Before the first poll. */
    default void restore(List<KnownGpu> former) {}

    /** Its GPUs, for a later run. */
    default List<KnownGpu> known() {
        return List.of();
    }

    @Override
    void close();
}
