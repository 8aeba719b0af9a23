package caretaker.agent.nvml;

/** One of the numbers that {@link FieldValues} reads: its id and, for links, which one. */
public record Field(int id, int scope) {
    /** As a scope: the sum over all links. */
    public static final int ALL_LINKS = 0xFFFFFFFF;

    public static final Field RETIRED_PAGES_SINGLE_BIT = new Field(29);
    public static final Field RETIRED_PAGES_DOUBLE_BIT = new Field(30);
    /** Nanoseconds in which the clocks were held down, by reason; they fall to 0 with the driver. */
    public static final Field HELD_BY_POWER = new Field(74);

    public static final Field HELD_BY_HEAT = new Field(75);
    public static final Field HELD_BY_SYNC_BOOST = new Field(76);
    public static final Field HELD_BY_BOARD_LIMIT = new Field(77);
    public static final Field HELD_BY_LOW_UTILIZATION = new Field(78);
    public static final Field HELD_BY_RELIABILITY = new Field(79);
    public static final Field MEMORY_TEMPERATURE_CELSIUS = new Field(82);
    public static final Field ENERGY_MILLIJOULES = new Field(83);
    /** Megabytes in a second, the same for all links. */
    public static final Field NVLINK_SPEED = new Field(90);

    public static final Field NVLINK_COUNT = new Field(91);
    public static final Field NVLINK_TRANSMIT_KIB = new Field(138, ALL_LINKS);
    public static final Field NVLINK_RECEIVE_KIB = new Field(139, ALL_LINKS);
    public static final Field PCIE_CORRECTABLE_ERRORS = new Field(173);
    public static final Field PCIE_NAKS_RECEIVED = new Field(174);
    public static final Field PCIE_RECEIVER_ERRORS = new Field(175);
    public static final Field PCIE_BAD_TLP = new Field(176);
    public static final Field PCIE_NAKS_SENT = new Field(177);
    public static final Field PCIE_BAD_DLLP = new Field(178);
    public static final Field PCIE_NON_FATAL_ERRORS = new Field(179);
    public static final Field PCIE_FATAL_ERRORS = new Field(180);
    public static final Field PCIE_UNSUPPORTED_REQUESTS = new Field(181);
    public static final Field PCIE_LCRC_ERRORS = new Field(182);
    public static final Field PCIE_LANE_ERRORS = new Field(183);
    public static final Field POWER_INSTANT_MILLIWATTS = new Field(186);
    /** Margins, from Ada on instead of thresholds: degrees below the limit that slows the GPU down; may be negative. */
    public static final Field MARGIN_SHUTDOWN_CELSIUS = new Field(193);

    public static final Field MARGIN_SLOWDOWN_CELSIUS = new Field(194);
    public static final Field MARGIN_MEMORY_MAX_CELSIUS = new Field(195);
    public static final Field MARGIN_GPU_MAX_CELSIUS = new Field(196);
    /** These two wrap at 32 bits. */
    public static final Field PCIE_TRANSMIT_BYTES = new Field(197);

    public static final Field PCIE_RECEIVE_BYTES = new Field(198);
    /** How many links to the CPU there are. */
    public static final Field C2C_COUNT = new Field(170);

    public static final Field RECOVERY_ACTION = new Field(230);

    /** For {@link #link}: payload in KiB, until NVLink 4. */
    public static final int LINK_TRANSMIT_KIB = 138;

    public static final int LINK_RECEIVE_KIB = 139;
    /** Megabytes in a second. */
    public static final int LINK_SPEED = 164;
    /** 0 inactive, 1 active, 2 asleep. */
    public static final int LINK_STATE = 165;
    /** From NVLink 5 on, as all of the following: bytes. */
    public static final int LINK5_TRANSMIT_BYTES = 202;

    public static final int LINK5_RECEIVE_BYTES = 204;
    public static final int LINK5_MALFORMED = 206;
    public static final int LINK5_OVERRUN = 207;
    public static final int LINK5_RECEIVE_ERRORS = 208;
    public static final int LINK5_REMOTE_ERRORS = 209;
    public static final int LINK5_GENERAL_ERRORS = 210;
    public static final int LINK5_INTEGRITY_ERRORS = 211;
    public static final int LINK5_DISCARDS = 212;
    public static final int LINK5_RECOVERED = 213;
    public static final int LINK5_RECOVERY_FAILED = 214;
    public static final int LINK5_EFFECTIVE_ERRORS = 219;
    /**
     * A bit error ratio: the exponent in bits 0 to 7, the mantissa in bits 8 to 11, taken as mantissa × 10^-exponent.
     * Nobody has held it against hardware yet.
     */
    public static final int LINK5_EFFECTIVE_RATIO = 220;

    public static final int LINK5_SYMBOL_ERRORS = 221;
    public static final int LINK5_SYMBOL_RATIO = 222;

    /** For {@link #link} with a link to the CPU: 1 while it is active. */
    public static final int C2C_STATUS = 171;

    public static final int C2C_CRC_ERRORS = 231;
    public static final int C2C_REPLAYS = 232;
    public static final int C2C_BACK_TO_BACK_REPLAYS = 233;

    private static final int FIRST_OF_TWO_SWAPPED = 199;
    private static final int LAST_OF_TWO_SWAPPED = 200;
    private static final int FIRST_RENUMBERED = 251;
    private static final int LAST_RENUMBERED = 273;

    public Field {
        // The driver gives these ids other meanings from release to release, and says so nowhere in the library.
        if ((id >= FIRST_OF_TWO_SWAPPED && id <= LAST_OF_TWO_SWAPPED)
                || (id >= FIRST_RENUMBERED && id <= LAST_RENUMBERED)) {
            throw new IllegalArgumentException("field " + id + " means different things on different drivers");
        }
    }

    /** A number of one link. */
    public static Field link(int id, int link) {
        return new Field(id, link);
    }

    public Field(int id) {
        this(id, 0);
    }
}
