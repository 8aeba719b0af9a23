package caretaker.contracts;

import java.util.List;

/** What is known of XID codes that a reader of metrics must know. Source: NVIDIA's XID catalogue and driver headers. */
public final class XidCodes {
    /**
     * Codes that mean, or depending on their details can mean, that the GPU cannot go on, and those about which a
     * person is warned most often: ascending.
     *
     * <p>A collector shows their counters at 0 before the first one, so that {@code increase()} sees it. Other codes
     * appear when they are first seen: all that the driver uses would be three times as many series.
     */
    public static final List<String> FROM_THE_START = List.of(
            "13", "31", "32", "46", "48", "54", "61", "62", "64", "68", "69", "74", "79", "94", "95", "109", "110",
            "119", "120", "121", "136", "140", "143", "144", "145", "146", "149", "150", "151", "154", "155", "156",
            "158", "159", "163", "165", "166", "167", "168", "169", "171", "172", "173", "175", "176");

    private XidCodes() {}
}
