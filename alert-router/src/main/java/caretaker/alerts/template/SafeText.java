package caretaker.alerts.template;

/** A text that its author vouches for in one place of an HTML page. */
record SafeText(Type type, String text) {
    enum Type {
        HTML("template.HTML"),
        URL("template.URL");

        private final String goName;

        Type(String goName) {
            this.goName = goName;
        }

        String goName() {
            return goName;
        }
    }
}
