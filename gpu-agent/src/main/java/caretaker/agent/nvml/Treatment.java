package caretaker.agent.nvml;

/** What the caller does about a result; several of NVML's codes ask for the same. */
public enum Treatment {
    /** The values are good. */
    OK,
    /** The library was not initialized, or was shut down by somebody: initialize again and find the GPUs again. */
    REINITIALIZE,
    /** A mistake of ours, or the end of a list of links, fans or locations. */
    BAD_ARGUMENT,
    /** This GPU or driver does not have it: leave the metric out, try again hourly and after a change of MIG mode. */
    NOT_SUPPORTED,
    /** Leave it out and say once what is missing. */
    NO_PERMISSION,
    /** There is nothing (new): no sample, an ended process, a hole in a list. Not an error. */
    NOTHING,
    /** The buffer was too small: grow it and ask again. */
    GROW,
    /** The driver's own words for "nothing happened in that time". */
    TIMEOUT,
    /** The board has a fault of its own: power cable, interrupt, InfoROM. */
    BOARD_FAULT,
    /** No driver answers: a matter of the host, not of a GPU; try again with growing pauses. */
    DRIVER_GONE,
    /** The driver was changed under us: a matter of the host; this process has to start again. */
    DRIVER_CHANGED,
    /** The GPU is lost: say so at once, stop reading it, look for it again with growing pauses. */
    LOST,
    /** The GPU works again after a reset only. */
    RESET_REQUIRED,
    /** The system took the device nodes away, as happens to containers. */
    NO_DEVICE_NODES,
    /** The driver wants the older form of the structure. */
    OLDER_VERSION,
    /** Try again at the next round. */
    RETRY,
    /** Nobody says what it means: count it. */
    UNKNOWN,
    /** The call was fine and the value was the driver's mark for "not available". */
    BLANK
}
