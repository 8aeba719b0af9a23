package caretaker.alerts.template;

/** A text that refuses to grow beyond its bound. */
final class BoundedText {
    private final StringBuilder text = new StringBuilder();
    private final int limit;

    BoundedText(int limit) {
        this.limit = limit;
    }

    BoundedText append(String more) {
        room(more.length());
        text.append(more);
        return this;
    }

    BoundedText append(String more, int from, int to) {
        room(to - from);
        text.append(more, from, to);
        return this;
    }

    BoundedText append(char c) {
        room(1);
        text.append(c);
        return this;
    }

    BoundedText appendCodePoint(int c) {
        room(Character.charCount(c));
        text.appendCodePoint(c);
        return this;
    }

    private void room(int more) {
        if (more > limit - text.length()) {
            throw GoError.limit("text of more than " + limit + " characters");
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
