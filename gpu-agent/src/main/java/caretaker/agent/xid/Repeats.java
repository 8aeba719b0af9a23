package caretaker.agent.xid;

import caretaker.agent.health.Finding;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Lets the first of the same findings through and tells at the end of the time how many more there were. Guarded by the
 * watch's lock.
 */
final class Repeats {
    /** Kinds that are followed at a time. */
    private static final int MOST = 256;

    /** The same again: the same code of the same GPU or switch, of the same owner. */
    record Key(String source, int code, String owner) {}

    private static final class Window {
        private long count;
        private Finding last;

        Window(Finding first) {
            last = first;
        }
    }

    private final Duration length;
    private final XidWatch.Later later;
    private final Consumer<Finding> outlet;
    private final XidListener listener;
    private final Map<Key, Window> windows = new LinkedHashMap<>();

    Repeats(Duration length, XidWatch.Later later, Consumer<Finding> outlet, XidListener listener) {
        this.length = length;
        this.later = later;
        this.outlet = outlet;
        this.listener = listener;
    }

    /** Whether it was told at once, and not kept for the end of its time. */
    boolean tell(Key key, Finding finding) {
        Window window = windows.get(key);
        if (window != null) {
            window.count++;
            window.last = finding;
            return false;
        }
        if (windows.size() == MOST) {
            Iterator<Map.Entry<Key, Window>> oldest = windows.entrySet().iterator();
            Window forgotten = oldest.next().getValue();
            oldest.remove();
            listener.forgotten();
            tellRest(forgotten);
        }
        open(key, new Window(finding));
        outlet.accept(finding);
        return true;
    }

    private void open(Key key, Window window) {
        windows.put(key, window);
        later.after(length, () -> close(key, window));
    }

    private void close(Key key, Window window) {
        if (windows.remove(key, window) && window.count > 0) {
            tellRest(window);
            open(key, new Window(window.last));
        }
    }

    private void tellRest(Window window) {
        if (window.count == 0) {
            return;
        }
        Finding last = window.last;
        Map<String, String> evidence = new HashMap<>(last.evidence());
        evidence.put("repeats", Long.toString(window.count));
        evidence.put("repeatsWithin", length.toSeconds() + " s");
        outlet.accept(new Finding(
                last.condition(),
                last.severity(),
                last.action(),
                last.entity(),
                last.code(),
                last.message() + "; " + window.count + " more within " + length.toSeconds() + " s",
                evidence));
    }
}
