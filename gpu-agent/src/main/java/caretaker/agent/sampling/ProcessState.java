package caretaker.agent.sampling;

import java.util.Arrays;

/** What is known of how one GPU tells its processes. */
final class ProcessState {
    /** By kind: not supported, not permitted. */
    final boolean[] left = new boolean[3];

    boolean utilizationLeft;
    long seenUs;

    void retest() {
        Arrays.fill(left, false);
        utilizationLeft = false;
    }
}
