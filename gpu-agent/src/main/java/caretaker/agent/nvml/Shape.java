package caretaker.agent.nvml;

/**
 * How a function is called: its parameters in order, {@code L} for one in a 64-bit register (a handle, an address, a
 * long), {@code I} for one in a 32-bit register. Handles and addresses pass as longs: the machine does not tell them
 * apart, and a number needs no object.
 */
enum Shape {
    NOTHING(""),
    I("I"),
    L("L"),
    IL("IL"),
    LI("LI"),
    LL("LL"),
    LLI("LLI"),
    LIL("LIL"),
    LLL("LLL"),
    LLLL("LLLL"),
    LIIL("LIIL"),
    LIIIL("LIIIL"),
    LLLLL("LLLLL"),
    LILLLL("LILLLL"),
    /** Gives back the address of a text instead of a result code. */
    I_TO_TEXT("I>");

    private final String parameters;

    Shape(String parameters) {
        this.parameters = parameters;
    }

    static Shape of(String parameters) {
        for (Shape shape : values()) {
            if (shape.parameters.equals(parameters)) {
                return shape;
            }
        }
        throw new IllegalArgumentException("no call has the shape '" + parameters + "'");
    }
}
