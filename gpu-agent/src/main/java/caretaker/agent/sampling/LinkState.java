package caretaker.agent.sampling;

import caretaker.agent.nvml.FieldValues;
import caretaker.agent.nvml.Links;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What is known of one GPU's links. */
final class LinkState {
    /** The fast fields of the GPU and those of its links in one batch; null while it has no links. */
    @Nullable FieldValues fast;

    @Nullable FieldValues slow;

    @Nullable FieldValues toCpu;

    int count;
    boolean isNvlink5;
    int toCpuCount;
    boolean left;
    boolean toCpuAsked;
    final boolean[] counterLeft = new boolean[Links.LAST_ERROR_COUNTER + 1];
    RunningTotal[] transmitted = {};
    RunningTotal[] received = {};
    long[] transmittedBytes = {};
    long[] receivedBytes = {};

    /** Another number of links, or other links: what was counted so far belongs to them no more. */
    void shape(int links, boolean nvlink5) {
        count = links;
        isNvlink5 = nvlink5;
        transmitted = totals(links);
        received = totals(links);
        transmittedBytes = new long[links];
        receivedBytes = new long[links];
    }

    private static RunningTotal[] totals(int links) {
        RunningTotal[] totals = new RunningTotal[links];
        Arrays.setAll(totals, _ -> new RunningTotal(false));
        return totals;
    }

    void retest() {
        left = false;
        toCpuAsked = false;
        Arrays.fill(counterLeft, false);
    }

    void unbind() {
        for (RunningTotal total : transmitted) {
            total.restarted();
        }
        for (RunningTotal total : received) {
            total.restarted();
        }
    }
}
