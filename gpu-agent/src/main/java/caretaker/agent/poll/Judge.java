package caretaker.agent.poll;

import caretaker.agent.health.Finding;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.Readings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Is shown what each poll has read, before it is published; on the poll thread. It may add to it. */
public interface Judge {
    /** For those who only read. */
    Judge NONE = (_, _, _, _) -> {};

    /**
     * A poll has ended.
     *
     * @param identities by place of the readings; null while the driver has never told
     * @param found what the source of the readings has found wrong by itself
     */
    void polled(Tier tier, Readings readings, List<@Nullable GpuIdentity> identities, List<Finding> found);
}
