package caretaker.alerts.routing;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of the memory everything takes that anybody may send and that is kept: alerts, silences and what could not
 * be told. Whoever keeps something counts it here, even what was kept before a restart, and keeps nothing more where
 * there is no room. The sizes are estimates on the safe side, with what the texts cause elsewhere.
 *
 * <p>Written on one thread, read on any.
 */
public final class Budget {
    private static final int OBJECTS_OF_A_TEXT = 56;

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /** @param limit in bytes; 0 for none */
    public Budget(long limit) {
        this.limit = limit;
    }

    /** Whether there is room for so many bytes more. There always is for less than none. */
    public boolean hasRoom(long bytes) {
        return bytes <= left();
    }

    /** Bytes that may be added, not below 0. */
    public long left() {
        return limit == 0 ? Long.MAX_VALUE : Math.max(0, limit - used.get());
    }

    /** So much more is kept, or less. */
    public void add(long bytes) {
        used.addAndGet(bytes);
    }

    public long used() {
        return used.get();
    }

    public long limit() {
        return limit;
    }

    /** What a text takes. */
    public static long text(String text) {
        int width = 1;
        for (int i = 0; i < text.length() && width == 1; i++) {
            width = text.charAt(i) > 0xff ? 2 : 1;
        }
        return OBJECTS_OF_A_TEXT + (long) width * text.length();
    }
}
