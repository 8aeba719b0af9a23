package caretaker.alerts.template;

/** One named template. */
record Tree(String name, Source source, Node.Sequence root) {
    /** Nothing but white space and definitions of others. */
    boolean isEmpty() {
        return root.nodes().stream().allMatch(node -> node instanceof Node.Text text && isBlank(text.text()));
    }

    private static boolean isBlank(String text) {
        return text.chars().allMatch(c -> c == ' ' || c == '\t' || c == '\r' || c == '\n');
    }
}
