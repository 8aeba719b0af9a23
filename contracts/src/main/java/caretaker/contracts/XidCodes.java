package caretaker.contracts;

import java.util.List;

/** What is known of XID codes that a reader of metrics must know. Source: NVIDIA's XID catalogue and driver headers. */
public final class XidCodes {
    /**
     * Codes that mean, or depending on their details can mean, that the GPU cannot go on: ascending.
     *
     * <p>A collector shows their counters at 0 before the first one, so that {@code increase()} sees it. Other codes
     * appear when they are first seen.
     */
    public static final List<String> FATAL = List.of(
            "46", "48", "54", "62", "64", "74", "79", "95", "109", "110", "119", "120", "136", "140", "143", "144",
            "145", "146", "149", "150", "151", "154", "155", "156", "158", "159", "163", "166", "167", "168", "169",
            "171", "172", "173", "175", "176");

    private XidCodes() {}
}
