package caretaker.contracts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The parts of one kind that one GPU or host has. It keeps the memory of those it had before. */
final class PartList {
    private final Part part;
    private final List<PartReading> pool = new ArrayList<>();
    private List<PartReading> view = List.of();
    private int count;

    PartList(Part part) {
        this.part = part;
    }

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    /** One more, without values; its texts are those of whatever was in its place before. */
    PartReading add() {
        if (count == pool.size()) {
            pool.add(new PartReading(part));
            view = List.of(); // a view of a list that has grown is void
        }
        PartReading added = pool.get(count++);
        added.clearValues();
        return added;
    }

    void removeLast() {
        count--;
    }

    PartReading get(int place) {
        return pool.get(place);
    }

    /** Not a copy: valid until the next change. */
    List<PartReading> view() {
        if (view.size() != count) {
            view = Collections.unmodifiableList(pool.subList(0, count));
        }
        return view;
    }

    void copyFrom(PartList other) {
        clear();
        for (int i = 0; i < other.count; i++) {
            add().copyFrom(other.get(i));
        }
    }
}
