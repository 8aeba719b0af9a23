package caretaker.agent.sampling;

import caretaker.agent.nvml.GpuHandle;
import caretaker.agent.nvml.Nvml;
import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import java.util.List;

/**
 * One question to the driver about a GPU, and the columns that the answers go to.
 *
 * @param function the driver's name for it, of the newest function if older ones stand in
 * @param tier how often it is asked
 */
record Read(String function, Tier tier, Ask ask, List<Column> columns) {
    /** The most columns that one read fills. */
    static final int MOST = 6;

    /** Asks and puts one {@link caretaker.agent.nvml.Answer} for each column. */
    @FunctionalInterface
    interface Ask {
        void ask(Nvml nvml, GpuHandle gpu, long[] answers);
    }

    /** A question with one answer. */
    @FunctionalInterface
    interface One {
        long ask(Nvml nvml, GpuHandle gpu);
    }

    static Read of(String function, Tier tier, Column column, One one) {
        return new Read(function, tier, (nvml, gpu, answers) -> answers[0] = one.ask(nvml, gpu), List.of(column));
    }

    static Read of(String function, Tier tier, Ask ask, Column... columns) {
        return new Read(function, tier, ask, List.of(columns));
    }

    /** Whether it belongs to a poll of a tier: a slow poll reads what is fast, too. */
    boolean isDue(Tier polled) {
        return tier.compareTo(polled) <= 0;
    }
}
