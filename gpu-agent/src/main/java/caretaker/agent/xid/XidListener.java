package caretaker.agent.xid;

/** Is told what is counted; for metrics and readings. Called under the watch's lock: must not wait. */
public interface XidListener {
    /** For those who do not care. */
    XidListener NONE = new XidListener() {};

    /** A GPU is known from now on: its counters begin at 0. */
    default void known(String uuid, int index) {}

    /** An XID has happened, whether or not it becomes an event. */
    default void counted(String uuid, int index, int code, long unixMillis) {}

    /** It was told with another one that it follows. */
    default void folded(String uuid, int code) {}

    /** It was told together with others of the same kind. */
    default void repeated(String uuid, int code) {}

    /** A switch has reported an error. */
    default void switchCounted(String device, int code, boolean fatal) {}

    /** Too many kinds of repeats at once: one was told before its time. */
    default void forgotten() {}
}
